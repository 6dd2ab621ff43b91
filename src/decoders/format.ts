import type { JsonObject } from '../base/json.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';
import type { Decoder } from './decoder.ts';
import { readPayload, unwrap } from './payload.ts';

/** A telemetry format whose records are JSON objects. */
export interface JsonFormat {
  /** True if the object has the format's tell-tale fields. */
  recognises(object: JsonObject): boolean;
  /** Emits the events of a recognised object. `isPlain`: see `Payload`. */
  decode(
    object: JsonObject,
    record: RawRecord,
    isPlain: boolean,
    emit: (event: TelemetryEvent) => void,
  ): DecodeProblem | undefined;
}

/** What users see of a decoder. */
export interface DecoderHeader {
  readonly name: string;
  readonly description: string;
}

/** A decoder that takes the first of these formats that recognises a record. */
export function jsonDecoder(header: DecoderHeader, formats: readonly JsonFormat[]): Decoder {
  return {
    name: header.name,
    description: header.description,
    decode(record, emit) {
      const payload = readPayload(record);
      if ('problem' in payload) return payload.problem;
      const inner = unwrap(payload.object);
      for (const object of inner === undefined ? [payload.object] : [inner, payload.object]) {
        for (const format of formats) {
          if (format.recognises(object))
            return format.decode(object, record, payload.isPlain, emit);
        }
      }
      return { reason: 'unknown_format', detail: namesOf(payload.object) };
    },
  };
}

const NAMES_MAX = 8;
const NAME_LENGTH_MAX = 40;

function namesOf(object: JsonObject): string {
  const names: string[] = [];
  for (const name in object) {
    if (names.length === NAMES_MAX) break;
    names.push(name.slice(0, NAME_LENGTH_MAX));
  }
  return `an object with ${names.length === 0 ? 'no fields' : names.join(', ')}`;
}
