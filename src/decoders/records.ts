import { isJsonArray, isJsonObject, ownValue } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { TelemetryEvent } from '../event/event.ts';
import { FieldEvent } from '../event/field-event.ts';
import type { DecodeProblem } from '../event/problem.ts';
import type { EventTime, RawRecord } from '../event/record.ts';
import type { EventShape } from '../event/shape.ts';
import type { JsonFormat } from './format.ts';

/** Where an object stood: its record, and which of the record's events it is. */
export interface Place {
  readonly record: RawRecord;
  /** See `FieldEventParts.isPlain`. */
  readonly isPlain: boolean;
  readonly index: number;
}

/** What a decoder knows of an event whose record is the event. */
export interface WholeEvent {
  readonly shape: EventShape;
  readonly time: EventTime;
  readonly host: string;
  readonly sensorId: string | undefined;
}

/** The event that an object is, with nothing around it. */
export function wholeEvent(object: JsonObject, place: Place, known: WholeEvent): FieldEvent {
  return new FieldEvent({ ...known, data: object, whole: object, isUnpacked: false, ...place });
}

/** A format in which one object is one event. */
export interface ObjectFormat {
  recognises(object: JsonObject): boolean;
  event(object: JsonObject, place: Place): TelemetryEvent | DecodeProblem;
}

/** The format, one object a record. */
export function alone(format: ObjectFormat): JsonFormat {
  return {
    recognises: (object) => format.recognises(object),
    decode(object, record, isPlain, emit) {
      return hand(format.event(object, { record, isPlain, index: 0 }), emit);
    },
  };
}

// Event hubs hand on `records`, CloudTrail's files hold `Records`.
const LISTS: readonly string[] = ['records', 'Records'];

/** The format where many objects come in one record, in a list. The first of them says whose list it is. */
export function listed(format: ObjectFormat): JsonFormat {
  return {
    recognises(object) {
      const first = listIn(object)?.[0];
      return isJsonObject(first) && format.recognises(first);
    },
    decode(object, record, isPlain, emit) {
      let problem: DecodeProblem | undefined;
      for (const [index, element] of (listIn(object) ?? []).entries()) {
        const place = { record, isPlain, index };
        const refused = hand(elementOf(format, element, place), emit);
        problem ??= refused;
      }
      return problem;
    },
  };
}

function elementOf(
  format: ObjectFormat,
  element: JsonValue,
  place: Place,
): TelemetryEvent | DecodeProblem {
  if (!isJsonObject(element)) return { reason: 'not_an_object', detail: `record ${place.index}` };
  if (format.recognises(element)) return format.event(element, place);
  return { reason: 'unknown_format', detail: `record ${place.index} of the list` };
}

function listIn(object: JsonObject): readonly JsonValue[] | undefined {
  for (const name of LISTS) {
    const list = ownValue(object, name);
    if (isJsonArray(list)) return list;
  }
  return undefined;
}

function hand(
  result: TelemetryEvent | DecodeProblem,
  emit: (event: TelemetryEvent) => void,
): DecodeProblem | undefined {
  if ('reason' in result) return result;
  emit(result);
  return undefined;
}
