import { plainObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';
import type { Part, PartTaker } from './assembly.ts';
import type { Decoder } from './decoder.ts';
import { isText, readPayload, readText, unwrap } from './payload.ts';
import { Scanner } from './scanner/scanner.ts';
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
  /** Formats of text that remember what a log said of itself; each decoder has its own. */
  readonly createText?: () => readonly TextFormat[];
  /** Looks like another format, so it is read only when it is asked for by name. */
  readonly isOnlyByName?: boolean;
}

/** A decoder that takes the first of the family's formats that recognises a record. */
export function decoderOf(family: FormatFamily): Decoder {
  return new FamilyDecoder(family, true);
}

/** The same without a scanner: every object goes through JSON.parse. The other is held against it. */
export function parsingDecoderOf(family: FormatFamily): Decoder {
  return new FamilyDecoder(family, false);
}

// One for all decoders, since its memory is fixed; made when the first record comes.
let shared: Scanner | undefined;

function scanner(): Scanner {
  return (shared ??= new Scanner());
}

class FamilyDecoder implements Decoder {
  readonly name: string;
  readonly description: string;
  readonly sensors: readonly Sensor[];
  readonly #scans: boolean;
  readonly #json: readonly JsonFormat[];
  readonly #text: readonly TextFormat[];

  constructor(family: FormatFamily, scans: boolean) {
    this.name = family.name;
    this.description = family.description;
    this.sensors = family.sensors;
    this.#scans = scans;
    this.#json = family.json ?? [];
    this.#text = [...(family.text ?? []), ...(family.createText?.() ?? [])];
  }

  decode(
    record: RawRecord,
    emit: (event: TelemetryEvent) => void,
    parts?: PartTaker,
  ): DecodeProblem | undefined {
    const { payload: bytes } = record;
    const scan = this.#scans && bytes !== null ? scanner().scan(bytes) : undefined;
    if (scan !== undefined) {
      const { isPlain } = scan;
      return this.#object(scan.record.root, { record, isPlain, emit, parts });
    }
    if (this.#text.length > 0 && isText(bytes)) {
      const read = readText(bytes);
      if ('problem' in read) return read.problem;
      const whole = { text: read.text, sender: undefined, record };
      return decodeText(this.#text, whole, { emit, parts });
    }
    const payload = readPayload(record);
    if ('problem' in payload) return payload.problem;
    return this.#object(payload.object, { record, isPlain: payload.isPlain, emit, parts });
  }

  #object(object: JsonObject, { record, isPlain, ...outlet }: Decoding): DecodeProblem | undefined {
    const inner = unwrap(object);
    const format = inner === undefined ? undefined : this.#formatOf(inner);
    if (inner !== undefined && format !== undefined) {
      return format.decode(inner, record, isPlain, outlet.emit);
    }
    const outer = this.#formatOf(object);
    if (outer !== undefined) return outer.decode(object, record, isPlain, outlet.emit);
    const inside = this.#text.length === 0 ? undefined : textInside(object);
    const decoded =
      inside === undefined ? UNKNOWN_TEXT : decodeText(this.#text, { ...inside, record }, outlet);
    return decoded?.reason === 'unknown_format'
      ? { reason: 'unknown_format', detail: namesOf(object) }
      : decoded;
  }

  #formatOf(object: JsonObject): JsonFormat | undefined {
    for (const format of this.#json) if (format.recognises(object)) return format;
    return undefined;
  }
}

interface Decoding extends Outlet {
  readonly record: RawRecord;
  readonly isPlain: boolean;
}

const UNKNOWN_TEXT: DecodeProblem = { reason: 'unknown_format', detail: 'text of no known format' };

interface Outlet {
  readonly emit: (event: TelemetryEvent) => void;
  readonly parts: PartTaker | undefined;
}

function decodeText(
  formats: readonly TextFormat[],
  text: TextRecord,
  { emit, parts }: Outlet,
): DecodeProblem | undefined {
  const format = formats.find((each) => each.recognises(text.text));
  if (format === undefined) return UNKNOWN_TEXT;
  const part = parts === undefined ? undefined : format.part?.(text);
  if (parts === undefined || part === undefined) return format.decode(text, emit);
  for (const record of parts.add(text.record, part)) {
    const whole = readText(record.payload);
    if ('problem' in whole) return whole.problem;
    const joined = { text: whole.text, sender: undefined, record };
    decodeText(formats, joined, { emit, parts: undefined });
  }
  return undefined;
}

const NAMES_MAX = 8;
const NAME_LENGTH_MAX = 40;

function namesOf(object: JsonObject): string {
  const names: string[] = [];
  for (const name in plainObject(object)) {
    if (names.length === NAMES_MAX) break;
    names.push(name.slice(0, NAME_LENGTH_MAX));
  }
  return `an object with ${names.length === 0 ? 'no fields' : names.join(', ')}`;
}
