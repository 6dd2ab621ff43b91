import { isJsonObject, ownValue, parseJson } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { DecodeProblem, DecodeReason } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';

/** The longest payload that is read. Windows caps an event at 64 KiB; JSON and a rendered message grow it. */
export const PAYLOAD_BYTES_MAX: number = 1024 * 1024;

/** A payload as a JSON object, or why it is none. */
export type Payload = ReadPayload | { readonly problem: DecodeProblem };

interface ReadPayload {
  readonly object: JsonObject;
  /** Texts stand in the payload as `TelemetryEvent.plainBytes` says. */
  readonly isPlain: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const BLANK = /^[ \t\r\n]*$/;
const OBJECT_OR_ARRAY = /^[ \t\r\n]*[{[]/;
// An invalid text may be long, and so may the parser's quotation of it.
const DETAIL_MAX = 200;

/** Reads a record's payload as one JSON object. */
export function readPayload(record: RawRecord): Payload {
  const payload = record.payload;
  if (payload === null) return refused('empty', 'no payload');
  if (payload.length > PAYLOAD_BYTES_MAX) {
    return refused('too_large', `${payload.length} bytes, the limit is ${PAYLOAD_BYTES_MAX}`);
  }
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    // Every other byte of UTF-16 is zero in Western text; PowerShell's redirection writes it.
    const isWide = payload.subarray(0, UTF16_WITHIN).includes(0);
    const hint = isWide ? ', looks like UTF-16: convert it to UTF-8' : '';
    return refused('invalid_utf8', `${payload.length} bytes${hint}`);
  }
  if (BLANK.test(text)) return refused('empty', 'blank');
  if (!OBJECT_OR_ARRAY.test(text)) return refused('unknown_format', 'text that is no JSON');
  return readObject(text, isPlainText(text, payload.length));
}

/** Reads a text as one JSON object. */
export function readObject(text: string, isPlain = false): Payload {
  const result = parseJson(text);
  if ('problem' in result) return refused(result.problem.reason, result.problem.detail);
  if (isJsonObject(result.value)) return { object: result.value, isPlain };
  const isArray = Array.isArray(result.value);
  return refused('not_an_object', isArray ? 'an array; one record a line' : typeof result.value);
}

/**
 * The object inside an envelope: shippers put the original record as text into `message`, `log` or
 * `event.original`. One level only.
 */
export function unwrap(outer: JsonObject): JsonObject | undefined {
  const event = ownValue(outer, 'event');
  const original = isJsonObject(event) ? ownValue(event, 'original') : undefined;
  for (const text of [ownValue(outer, 'message'), ownValue(outer, 'log'), original]) {
    if (typeof text !== 'string' || !text.startsWith('{')) continue;
    const inner = readObject(text);
    if ('object' in inner) return inner.object;
  }
  return undefined;
}

/**
 * True if texts stand in the payload as they are: no `\u` escape, except for the signs that writers of JSON
 * for web pages escape; and of what is beyond ASCII, nothing that folds to a letter of ASCII. A name in a
 * path (`\users`) is no escape, at whatever depth of texts in texts: to become one, all of an escape's digits
 * must stand behind the letter.
 */
function isPlainText(text: string, bytes: number): boolean {
  for (let at = text.indexOf(ESCAPE); at !== -1; at = text.indexOf(ESCAPE, at + ESCAPE.length)) {
    const digits = text.slice(at + 2, at + 6).toLowerCase();
    if (HEXADECIMAL.test(digits) && !SIGNS.has(digits)) return false;
  }
  // In UTF-8, what is beyond ASCII takes more bytes than code units.
  return text.length === bytes || !(text.includes(KELVIN_SIGN) || text.includes(LONG_S));
}

const UTF16_WITHIN = 16;
const ESCAPE = '\\u';
// " & ' + < = >
const SIGNS: ReadonlySet<string> = new Set([
  '0022',
  '0026',
  '0027',
  '002b',
  '003c',
  '003d',
  '003e',
]);
const HEXADECIMAL = /^[0-9a-f]{4}$/;
const KELVIN_SIGN = '\u212a';
const LONG_S = '\u017f';

function refused(reason: DecodeReason, detail: string): Payload {
  return { problem: { reason, detail: detail.slice(0, DETAIL_MAX) } };
}
