import type { JsonObject } from '../base/json.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';
import type { Assembly, Part } from './assembly.ts';
import type { Decoder } from './decoder.ts';
import { isText, readPayload, readText, unwrap } from './payload.ts';
import type { Sensor } from './senses.ts';
import { textInside } from './text-envelope.ts';

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

/** A record of a format of lines of text, such as a log in syslog's form. */
export interface TextRecord {
  readonly text: string;
  /** Who sent the text, where it came inside an envelope that says so. */
  readonly sender: string | undefined;
  readonly record: RawRecord;
}

/** A telemetry format whose records are text. */
export interface TextFormat {
  /** True if the text has the format's tell-tale beginning. */
  recognises(text: string): boolean;
  /** Emits the events of a recognised text. */
  decode(text: TextRecord, emit: (event: TelemetryEvent) => void): DecodeProblem | undefined;
  /** For a recognised text that is a part of an event only: of which one. */
  part?(text: TextRecord): Part | undefined;
}

/** A decoder as it is listed: what users see of it, and the formats that it reads. */
export interface FormatFamily {
  readonly name: string;
  readonly description: string;
  readonly sensors: readonly Sensor[];
  readonly json?: readonly JsonFormat[];
  readonly text?: readonly TextFormat[];
  /** Looks like another format, so it is read only when it is asked for by name. */
  readonly isOnlyByName?: boolean;
}

/** A decoder that takes the first of the family's formats that recognises a record. */
export function decoderOf(family: FormatFamily): Decoder {
  const json = family.json ?? [];
  const text = family.text ?? [];
  return {
    name: family.name,
    description: family.description,
    sensors: family.sensors,
    decode(record, emit, assembly) {
      if (text.length > 0 && isText(record.payload)) {
        const read = readText(record.payload);
        if ('problem' in read) return read.problem;
        const whole = { text: read.text, sender: undefined, record };
        return decodeText(text, whole, { emit, assembly });
      }
      const payload = readPayload(record);
      if ('problem' in payload) return payload.problem;
      const inner = unwrap(payload.object);
      for (const object of inner === undefined ? [payload.object] : [inner, payload.object]) {
        for (const format of json) {
          if (format.recognises(object))
            return format.decode(object, record, payload.isPlain, emit);
        }
      }
      const inside = text.length === 0 ? undefined : textInside(payload.object);
      const decoded =
        inside === undefined
          ? UNKNOWN_TEXT
          : decodeText(text, { ...inside, record }, { emit, assembly });
      return decoded === UNKNOWN_TEXT
        ? { reason: 'unknown_format', detail: namesOf(payload.object) }
        : decoded;
    },
  };
}

const UNKNOWN_TEXT: DecodeProblem = { reason: 'unknown_format', detail: 'text of no known format' };

interface Outlet {
  readonly emit: (event: TelemetryEvent) => void;
  readonly assembly: Assembly | undefined;
}

function decodeText(
  formats: readonly TextFormat[],
  text: TextRecord,
  { emit, assembly }: Outlet,
): DecodeProblem | undefined {
  const format = formats.find((each) => each.recognises(text.text));
  if (format === undefined) return UNKNOWN_TEXT;
  const part = assembly === undefined ? undefined : format.part?.(text);
  if (assembly === undefined || part === undefined) return format.decode(text, emit);
  for (const record of assembly.add(text.record, part)) {
    const whole = readText(record.payload);
    if ('problem' in whole) return whole.problem;
    const joined = { text: whole.text, sender: undefined, record };
    decodeText(formats, joined, { emit, assembly: undefined });
  }
  return undefined;
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
