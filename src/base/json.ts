/** A value as JSON text gives it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Look names up with `Object.hasOwn`, or through `ownValue`: they are input. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Why a text is not taken as JSON. */
export interface JsonProblem {
  readonly reason: 'invalid_json' | 'too_deep';
  readonly detail: string;
}

/** The value, or why there is none. */
export type JsonResult = { readonly value: JsonValue } | { readonly problem: JsonProblem };

/** Objects and arrays inside each other, the outermost counted. Telemetry uses fewer than ten. */
export const DEPTH_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

// An integer of 16 digits or more where JSON allows a value. Also matches inside strings; `keepIntegers`
// tells these apart. Only one alternative can match at each place, so the search is linear.
const LONG_INTEGER = /([:,[]|^)([ \t\r\n]*)(-?[1-9]\d{15,})(?=[ \t\r\n]*(?:[,\]}]|$))/g;

/**
 * Reads a JSON text. Integers of 16 digits and more become strings of their source text, because a double
 * can not hold them all and two ids that differ in the last digit must not become equal.
 */
export function parseJson(text: string): JsonResult {
  if (isTooDeep(text)) {
    return { problem: { reason: 'too_deep', detail: `more than ${DEPTH_MAX} levels` } };
  }
  LONG_INTEGER.lastIndex = 0;
  const source = LONG_INTEGER.test(text) ? keepIntegers(text) : text;
  try {
    return { value: JSON.parse(source) as JsonValue };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'not JSON';
    return { problem: { reason: 'invalid_json', detail } };
  }
}

/** True for a JSON object, not for null or an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The object's own value of this name; what it inherits (`constructor`) does not count. */
export function ownValue(object: JsonObject, name: string): JsonValue | undefined {
  const value: JsonValue | undefined = object[name];
  // Nothing that objects inherit is a string, number or boolean, which saves the look-up on the hot path.
  if (value === undefined || typeof value === 'string' || typeof value === 'number') return value;
  return Object.hasOwn(object, name) ? value : undefined;
}

/** The value at the end of these names, through objects only. */
export function valueAt(object: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const name of path) {
    if (!isJsonObject(value)) return undefined;
    value = ownValue(value, name);
  }
  return value;
}

// Counting brackets bounds the depth from above and is nearly free; only texts with many are walked.
function isTooDeep(text: string): boolean {
  let openings = 0;
  for (const bracket of ['{', '[']) {
    let at = text.indexOf(bracket);
    while (at !== -1) {
      if (++openings > DEPTH_MAX) return depthExceeds(text, DEPTH_MAX);
      at = text.indexOf(bracket, at + 1);
    }
  }
  return false;
}

function depthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === BRACE_OPEN || code === BRACKET_OPEN) {
      if (++depth > limit) return true;
    } else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) {
      depth--;
    }
  }
  return false;
}

/** Where the string that starts here ends: its closing quote, or the end of a cut text. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

/** Puts quotes around the long integers that stand outside strings. */
function keepIntegers(text: string): string {
  let result = '';
  let copied = 0;
  let open = text.indexOf('"');
  let close = open === -1 ? -1 : endOfString(text, open);
  LONG_INTEGER.lastIndex = 0;
  let match = LONG_INTEGER.exec(text);
  while (match !== null) {
    const digits = match[3] ?? '';
    const end = match.index + match[0].length;
    const start = end - digits.length;
    while (open !== -1 && close < start) {
      open = text.indexOf('"', close + 1);
      close = open === -1 ? -1 : endOfString(text, open);
    }
    const inString = open !== -1 && open < start;
    if (!inString) {
      result += `${text.slice(copied, start)}"${digits}"`;
      copied = end;
    }
    match = LONG_INTEGER.exec(text);
  }
  return result + text.slice(copied);
}
