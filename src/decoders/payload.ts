import { isJsonObject, memberFact, ownValue, parseJson, textBegins } from '../base/json.ts';
import type { JsonObject, MemberFact } from '../base/json.ts';
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
const BLANK_BYTES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a]);
const BRACE = 0x7b;
const BRACKET = 0x5b;
const BLANK = /^[ \t\r\n]*$/;
const OBJECT_OR_ARRAY = /^[ \t\r\n]*[{[]/;
// An invalid text may be long, and so may the parser's quotation of it.
const DETAIL_MAX = 200;

/** Reads a record's payload as one JSON object. */
export function readPayload(record: RawRecord): Payload {
  const read = readText(record.payload);
  if ('problem' in read) return read;
  const { text, bytes } = read;
  if (!OBJECT_OR_ARRAY.test(text)) return refused('unknown_format', 'text that is no JSON');
  return readObject(text, isPlainText(text, bytes));
}

/** True if the payload begins like no JSON object or array; its first bytes say so. */
export function isText(payload: Uint8Array | null): payload is Uint8Array {
  if (payload === null) return false;
  let at = 0;
  while (at < payload.length && BLANK_BYTES.has(payload[at] ?? 0)) at++;
  const first = payload[at];
  return first !== undefined && first !== BRACE && first !== BRACKET;
}

/** Reads a payload as text that is not blank. */
export function readText(
  payload: Uint8Array | null,
): { readonly text: string; readonly bytes: number } | { readonly problem: DecodeProblem } {
  if (payload === null) return refused('empty', 'no payload');
  const bytes = payload.length;
  if (bytes > PAYLOAD_BYTES_MAX) {
    return refused('too_large', `${bytes} bytes, the limit is ${PAYLOAD_BYTES_MAX}`);
  }
  try {
    const text = utf8.decode(payload);
    return BLANK.test(text) ? refused('empty', 'blank') : { text, bytes };
  } catch {
    // Every other byte of UTF-16 is zero in Western text; PowerShell's redirection writes it.
    const isWide = payload.subarray(0, UTF16_WITHIN).includes(0);
    const hint = isWide ? ', looks like UTF-16: convert it to UTF-8' : '';
    return refused('invalid_utf8', `${bytes} bytes${hint}`);
  }
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
  if (!memberFact(outer, mayBeEnvelope)) return undefined;
  const event = ownValue(outer, 'event');
  return (
    objectIn(outer, 'message') ??
    objectIn(outer, 'log') ??
    (isJsonObject(event) ? objectIn(event, 'original') : undefined)
  );
}

const mayBeEnvelope: MemberFact<boolean> = {
  of: (outer) =>
    ownValue(outer, 'message') !== undefined ||
    ownValue(outer, 'log') !== undefined ||
    isJsonObject(ownValue(outer, 'event')),
};

function objectIn(outer: JsonObject, name: string): JsonObject | undefined {
  if (!textBegins(outer, name, '{')) return undefined;
  const text = ownValue(outer, name);
  const inner = readObject(typeof text === 'string' ? text : '');
  return 'object' in inner ? inner.object : undefined;
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

function refused(reason: DecodeReason, detail: string): { readonly problem: DecodeProblem } {
  return { problem: { reason, detail: detail.slice(0, DETAIL_MAX) } };
}
