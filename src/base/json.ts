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
const COLON = 0x3a;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Integers of this many digits keep their source text. All shorter ones are exact as doubles. */
const KEPT_DIGITS = 16;

/**
 * Reads a JSON text. Integers of 16 digits and more become strings of their source text, because a double
 * can not hold them all and two ids that differ in the last digit must not become equal.
 */
export function parseJson(text: string): JsonResult {
  if (isTooDeep(text)) {
    return { problem: { reason: 'too_deep', detail: `more than ${DEPTH_MAX} levels` } };
  }
  try {
    return { value: JSON.parse(keepIntegers(text)) as JsonValue };
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

/**
 * What reads the members of an object when they are asked for, from a text that was not parsed. `lazyObject`
 * gives it the type of a JSON object; as one it has no enumerable names, so that only `ownValue`, `textBegins`
 * and `plainObject` see into it.
 */
export abstract class MemberReader {
  /** The value of this name. */
  abstract member(name: string): JsonValue | undefined;
  /** True if the value of this name is a text that begins with this ASCII letter. */
  abstract begins(name: string, letter: string): boolean;
  /** The time that the value of this name tells, if it can be read without making its text. */
  abstract time(name: string): number | undefined;
  /** See `memberFact`. */
  abstract fact<T>(fact: MemberFact<T>): T;
  /** The object, parsed. */
  abstract plain(): JsonObject;
}

/** What can be said of an object by which names it has and which of them are objects, without any other value. */
export interface MemberFact<T> {
  of(object: JsonObject): T;
}

/** The fact of this object; found once for all objects that were scanned with the same names and kinds. */
export function memberFact<T>(object: JsonObject, fact: MemberFact<T>): T {
  return object instanceof MemberReader ? object.fact(fact) : fact.of(object);
}

/** An object whose members this reads. */
export function lazyObject(reader: MemberReader): JsonObject {
  return reader as unknown as JsonObject;
}

/** What reads the members of this object, if it is not parsed. */
export function memberReader(object: JsonObject): MemberReader | undefined {
  return object instanceof MemberReader ? object : undefined;
}

/** The object with all its members, for whoever looks at them all. */
export function plainObject(object: JsonObject): JsonObject {
  return object instanceof MemberReader ? object.plain() : object;
}

/** True if the object's own value of this name is a text that begins with this ASCII letter. */
export function textBegins(object: JsonObject, name: string, letter: string): boolean {
  if (object instanceof MemberReader) return object.begins(name, letter);
  const value = ownValue(object, name);
  return typeof value === 'string' && value.startsWith(letter);
}

/** The object's own value of this name; what it inherits (`constructor`) does not count. */
export function ownValue(object: JsonObject, name: string): JsonValue | undefined {
  if (object instanceof MemberReader) return object.member(name);
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

/** Puts quotes around the integers of 16 digits and more that stand outside strings. */
function keepIntegers(text: string): string {
  let start = longRun(text, 0);
  if (start === -1) return text;
  const strings = new StringWalk(text);
  let result = '';
  let copied = 0;
  while (start !== -1) {
    const end = endOfDigits(text, start);
    if (text.charCodeAt(start - 1) === MINUS) start--;
    if (isInteger(text, start, end) && (followsName(text, start) || !strings.contain(start))) {
      result += `${text.slice(copied, start)}"${text.slice(start, end)}"`;
      copied = end;
    }
    start = longRun(text, end);
  }
  return result + text.slice(copied);
}

/**
 * Where the next 16 or more digits begin, or -1. A run of 16 has a digit at one of every 16 places, so only
 * these are looked at: a tenth of what a regular expression costs here.
 */
function longRun(text: string, from: number): number {
  for (let at = from + KEPT_DIGITS - 1; at < text.length; at += KEPT_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (start > from && isDigit(text.charCodeAt(start - 1))) start--;
    const end = endOfDigits(text, at);
    if (end - start >= KEPT_DIGITS) return start;
    at = end;
  }
  return -1;
}

/** True if a whole value stands here: JSON's signs around it, no leading zero, no fraction or exponent. */
function isInteger(text: string, start: number, end: number): boolean {
  const firstDigit = text.charCodeAt(text.charCodeAt(start) === MINUS ? start + 1 : start);
  if (firstDigit === ZERO) return false;
  let before = start - 1;
  while (isSpace(text.charCodeAt(before))) before--;
  let after = end;
  while (isSpace(text.charCodeAt(after))) after++;
  const previous = text.charCodeAt(before);
  const next = text.charCodeAt(after);
  return (
    (before < 0 || previous === COLON || previous === COMMA || previous === BRACKET_OPEN) &&
    (after >= text.length || next === COMMA || next === BRACE_CLOSE || next === BRACKET_CLOSE)
  );
}

/**
 * True if `x":` stands before the number, x a letter, digit or underscore. That quote closes a string: it is
 * not escaped, and what opens a string has a structural sign or white space before it. So the number stands
 * outside strings. Most names end so, which saves the walk.
 */
function followsName(text: string, start: number): boolean {
  return (
    text.charCodeAt(start - 1) === COLON &&
    text.charCodeAt(start - 2) === QUOTE &&
    isWord(text.charCodeAt(start - 3))
  );
}

/** Walks the strings of a text once, from left to right. */
class StringWalk {
  readonly #text: string;
  #open: number;
  #close: number;

  constructor(text: string) {
    this.#text = text;
    this.#open = text.indexOf('"');
    this.#close = this.#open === -1 ? -1 : endOfString(text, this.#open);
  }

  /** True if the place, not before an earlier one asked for, is inside a string. */
  contain(place: number): boolean {
    while (this.#open !== -1 && this.#close < place) {
      this.#open = this.#text.indexOf('"', this.#close + 1);
      if (this.#open !== -1) this.#close = endOfString(this.#text, this.#open);
    }
    return this.#open !== -1 && this.#open < place;
  }
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function isWord(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f
  );
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
