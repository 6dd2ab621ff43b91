import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { either } from '../../event/reader.ts';
import type { FormatFamily } from '../format.ts';
import { timeOf } from '../moment.ts';
import { alone, wholeEvent } from '../records.ts';
import type { ObjectFormat } from '../records.ts';
import { s1 } from './fields.ts';
import { sentineloneKind } from './kinds.ts';
import { sentineloneSensor } from './senses.ts';

const events: ObjectFormat = {
  recognises(object) {
    if (typeof ownValue(object, 'meta.event.name') === 'string') return true;
    if (typeof ownValue(object, 'event.type') === 'string') {
      return ownValue(object, 'event.time') !== undefined;
    }
    return isNested(object) || isDeepVisibility(object);
  },
  event(object, place) {
    const host = textOf(endpoint(object));
    if (host === undefined) return { reason: 'missing_field', detail: 'endpoint.name' };
    const time = timeOf(happened, object, place.record);
    if (typeof time !== 'number') return time;
    const shapes = sentineloneKind(
      textOf(eventType(object)) ?? '',
      textOf(eventCategory(object)) ?? '',
      object,
    );
    return wholeEvent(object, place, {
      shape: shapes[PRODUCTS.get(textOf(system(object))?.toLowerCase() ?? '') ?? 'unknown'],
      time,
      host,
      sensorId: textOf(eventId(object)),
    });
  },
};

/** SentinelOne's Cloud Funnel 2, and exports of queries of Deep Visibility. */
export const sentinelone: FormatFamily = {
  name: 'sentinelone',
  description: 'SentinelOne Cloud Funnel 2 and Deep Visibility exports',
  sensors: [sentineloneSensor],
  json: [alone(events)],
};

const endpoint = either(s1('endpoint.name', 'endpointName'), s1('agent.uuid', 'agentUuid'));
const happened = {
  read: either(s1('event.time', 'eventTime'), s1('createdAt')),
};
const eventType = either(s1('event.type', 'eventType'), s1('meta.event.name'));
const eventCategory = s1('event.category', 'objectType');
const eventId = s1('event.id', 'id');
const system = s1('endpoint.os', 'endpointOs');

const PRODUCTS: ReadonlyMap<string, 'windows' | 'linux' | 'macos'> = new Map([
  ['windows', 'windows'],
  ['linux', 'linux'],
  ['osx', 'macos'],
  ['macos', 'macos'],
]);

// The same names with objects for their dots.
function isNested(object: JsonObject): boolean {
  const source = ownValue(object, 'dataSource');
  return isJsonObject(source) && ownValue(source, 'name') === 'SentinelOne';
}

function isDeepVisibility(object: JsonObject): boolean {
  return (
    typeof ownValue(object, 'endpointName') === 'string' &&
    typeof ownValue(object, 'eventType') === 'string' &&
    typeof ownValue(object, 'agentUuid') === 'string'
  );
}
