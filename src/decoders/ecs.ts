import { parseTime } from '../base/date.ts';
import { isJsonObject, ownValue } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { FieldEvent } from '../event/field-event.ts';
import { fieldAt, textOf } from '../event/field-value.ts';
import type { FieldValue } from '../event/event.ts';
import type { EventShape } from '../event/shape.ts';
import type { FormatFamily, JsonFormat } from './format.ts';
import { ecsSensor } from './ecs-senses.ts';
import { ecsShape } from './ecs-shapes.ts';

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
    const text = textOf(fieldAt(object, TIMESTAMP)) ?? '';
    const time = parseTime(text);
    if (time === undefined) return { reason: 'invalid_time', detail: text.slice(0, 40) };
    emit(
      new FieldEvent({
        shape: shapeOf(object),
        data: object,
        whole: object,
        time,
        host: hostOf(object) ?? '',
        sensorId: textOf(fieldAt(object, EVENT_ID)),
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

const TIMESTAMP: readonly string[] = ['@timestamp'];
const CATEGORY: readonly string[] = ['event', 'category'];
const ACTION: readonly string[] = ['event', 'action'];
const TYPE: readonly string[] = ['event', 'type'];
const EVENT_ID: readonly string[] = ['event', 'id'];
const HOST_NAME: readonly string[] = ['host', 'name'];
const HOST_ID: readonly string[] = ['host', 'id'];
const OS_TYPE: readonly string[] = ['host', 'os', 'type'];

function hostOf(object: JsonObject): string | undefined {
  const name = textOf(fieldAt(object, HOST_NAME)) ?? textOf(fieldAt(object, HOST_ID));
  return name === '' ? undefined : name;
}

function shapeOf(object: JsonObject): EventShape {
  return ecsShape({
    categories: words(object, CATEGORY),
    actions: [...words(object, ACTION), ...words(object, TYPE)],
    isLookup: fieldAt(object, ['dns', 'question', 'name']) !== undefined,
    osType: textOf(fieldAt(object, OS_TYPE)),
  });
}

// `event.category` and `event.type` are lists, which some producers write as one word.
function words(object: JsonObject, path: readonly string[]): readonly string[] {
  const value: FieldValue | undefined = fieldAt(object, path);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
