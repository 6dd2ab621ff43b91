import { isJsonObject, ownValue } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { FieldEvent } from '../event/field-event.ts';
import { fieldAt, textOf } from '../event/field-value.ts';
import type { FieldValue } from '../event/event.ts';
import type { EventShape } from '../event/shape.ts';
import { first } from '../event/reader.ts';
import type { FormatFamily, JsonFormat } from './format.ts';
import { ecsSensor } from './ecs-senses.ts';
import { ecsShape } from './ecs-shapes.ts';
import { timeOf } from './moment.ts';
import type { TimeField } from './moment.ts';

const ecsDocuments: JsonFormat = {
  recognises(object) {
    return (
      typeof ownValue(object, '@timestamp') === 'string' &&
      isJsonObject(ownValue(object, 'event')) &&
      words(object, CATEGORY).length > 0 &&
      hostOf(object) !== undefined
    );
  },
  decode(object, record, isPlain, emit) {
    const time = timeOf(TIMESTAMP, object, record);
    if (typeof time !== 'number') return time;
    emit(
      new FieldEvent({
        shape: shapeOf(object),
        data: object,
        whole: object,
        time,
        host: hostOf(object) ?? '',
        sensorId: eventId,
        isUnpacked: false,
        isPlain,
        record,
        index: 0,
      }),
    );
    return undefined;
  },
};

/** Events that are ECS documents already, as Elastic Defend writes them. */
export const ecs: FormatFamily = {
  name: 'ecs',
  description: 'ECS documents of endpoint sensors (Elastic Defend)',
  sensors: [ecsSensor],
  json: [ecsDocuments],
};

const TIMESTAMP: TimeField = { read: first('@timestamp') };
const CATEGORY: readonly string[] = ['event', 'category'];
const ACTION: readonly string[] = ['event', 'action'];
const TYPE: readonly string[] = ['event', 'type'];
const EVENT_ID: readonly string[] = ['event', 'id'];
// The machine that it is about, before its shipper; of a gateway's log, the client.
const HOSTS: readonly (readonly string[])[] = [
  ['host', 'name'],
  ['host', 'hostname'],
  ['host', 'id'],
];
const SHIPPER: readonly string[] = ['agent', 'hostname'];
const CLIENT: readonly string[] = ['source', 'ip'];
const OS_TYPE: readonly string[] = ['host', 'os', 'type'];

const NAMED_OF_WEB: readonly (readonly string[])[] = [...HOSTS, CLIENT, SHIPPER];
const NAMED: readonly (readonly string[])[] = [...HOSTS, SHIPPER, CLIENT];

function eventId(object: JsonObject): string | undefined {
  return textOf(fieldAt(object, EVENT_ID));
}

function hostOf(object: JsonObject): string | undefined {
  for (const path of isWeb(object) ? NAMED_OF_WEB : NAMED) {
    const name = textOf(fieldAt(object, path));
    if (name !== undefined && name !== '') return name;
  }
  return undefined;
}

function isWeb(object: JsonObject): boolean {
  return words(object, CATEGORY).includes('web');
}

function shapeOf(object: JsonObject): EventShape {
  return ecsShape({
    categories: words(object, CATEGORY),
    actions: [...words(object, ACTION), ...words(object, TYPE)],
    isLookup: fieldAt(object, ['dns', 'question', 'name']) !== undefined,
    hasHost: HOSTS.some((path) => fieldAt(object, path) !== undefined),
    osType: textOf(fieldAt(object, OS_TYPE)),
  });
}

// `event.category` and `event.type` are lists, which some producers write as one word.
function words(object: JsonObject, path: readonly string[]): readonly string[] {
  const value: FieldValue | undefined = fieldAt(object, path);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
