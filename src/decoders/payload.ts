import { isJsonObject, ownValue, parseJson } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { DecodeProblem, DecodeReason } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';

/** The longest payload that is read. Windows caps an event at 64 KiB; JSON and a rendered message grow it. */
export const PAYLOAD_BYTES_MAX: number = 1024 * 1024;

/** A payload as a JSON object, or why it is none. */
export type Payload = { readonly object: JsonObject } | { readonly problem: DecodeProblem };

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
    return refused('invalid_utf8', `${payload.length} bytes`);
  }
  if (BLANK.test(text)) return refused('empty', 'blank');
  if (!OBJECT_OR_ARRAY.test(text)) return refused('unknown_format', 'text that is no JSON');
  return readObject(text);
}

/** Reads a text as one JSON object. */
export function readObject(text: string): Payload {
  const result = parseJson(text);
  if ('problem' in result) return refused(result.problem.reason, result.problem.detail);
  if (isJsonObject(result.value)) return { object: result.value };
  return refused('not_an_object', Array.isArray(result.value) ? 'array' : typeof result.value);
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

function refused(reason: DecodeReason, detail: string): Payload {
  return { problem: { reason, detail: detail.slice(0, DETAIL_MAX) } };
}
