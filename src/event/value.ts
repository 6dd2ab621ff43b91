import { foldCase } from '../base/case.ts';
import type { JsonValue } from '../base/json.ts';
import type { Scalar } from './event.ts';
import { fieldValue, someScalar } from './field-value.ts';

/** Reads what stands in a text, when it is asked for. */
export interface TextSource {
  /** The JSON value in these bytes, strings without their quotes. */
  read(start: number, end: number, isString: boolean): JsonValue;
  /** The byte at this place. */
  byteAt(start: number): number;
  /** What stands there as JSON writes it. */
  bytesIn(start: number, end: number): Uint8Array;
  /** The time that stands in these bytes. */
  timeIn(start: number, end: number): number | undefined;
}

/**
 * One value of an event. Its text is made and folded once, however many predicates ask; a value that equal
 * ones share (`isShared`) can be remembered by its identity.
 */
export class Value {
  readonly isShared: boolean;
  #json: JsonValue = null;
  #folded: string | undefined = undefined;
  #elements: readonly Value[] | undefined = undefined;
  #source: TextSource | undefined = undefined;
  #bytes: Uint8Array | undefined = undefined;
  #start = 0;
  #end = 0;
  #isString = false;

  constructor(isShared: boolean) {
    this.isShared = isShared;
  }

  /** A value that is known. */
  static of(json: JsonValue, isShared = false): Value {
    const value = new Value(isShared);
    value.#json = json;
    return value;
  }

  /** A value that is read when it is asked for. */
  static in(
    source: TextSource,
    {
      start,
      end,
      isString,
    }: { readonly start: number; readonly end: number; readonly isString: boolean },
  ): Value {
    const value = new Value(false);
    value.#source = source;
    value.#start = start;
    value.#end = end;
    value.#isString = isString;
    return value;
  }

  /** Makes it another value, which no one else may hold. */
  set(scalar: Scalar): void {
    this.#json = scalar;
    this.#folded = undefined;
  }

  /** As JSON gives it. */
  get json(): JsonValue {
    if (this.#source !== undefined) this.#read(this.#source);
    return this.#json;
  }

  /** The scalar; an array has none, and gives null. */
  get raw(): Scalar {
    const { json } = this;
    return typeof json === 'object' ? null : json;
  }

  /** True if there is text; it is not made for that. */
  get hasText(): boolean {
    return this.#isString || this.text !== undefined;
  }

  /** Canonical text: JSON's own for numbers and booleans. Null and arrays have none. */
  get text(): string | undefined {
    const { json } = this;
    if (typeof json === 'string') return json;
    return typeof json === 'object' ? undefined : String(json);
  }

  /** Case-folded text; only asked when there is text. */
  get folded(): string {
    return (this.#folded ??= foldCase(this.text ?? ''));
  }

  /** Every scalar of an array, nested ones too; undefined for what is no array. */
  get elements(): readonly Value[] | undefined {
    if (this.#isString) return undefined;
    const { json } = this;
    if (typeof json !== 'object' || json === null) return undefined;
    return (this.#elements ??= elementsOf(json));
  }

  /** True for a text that begins with this ASCII letter. Texts that do not are not made. */
  begins(letter: string): boolean {
    const source = this.#source;
    if (source !== undefined) {
      if (!this.#isString) return false;
      const byte = source.byteAt(this.#start);
      if (byte !== letter.charCodeAt(0) && byte !== BACKSLASH) return false;
    }
    const { json } = this;
    return typeof json === 'string' && json.startsWith(letter);
  }

  /** A text as JSON writes it, without its quotes, if it was not made yet. */
  unreadText(): Uint8Array | undefined {
    if (!this.#isString || this.#source === undefined) return undefined;
    return (this.#bytes ??= this.#source.bytesIn(this.#start, this.#end));
  }

  /** Bytes of the text as JSON writes it, if it was not made yet; else 0. */
  get unreadLength(): number {
    return this.#isString && this.#source !== undefined ? this.#end - this.#start : 0;
  }

  /** The time that a text tells, if it was not made yet. */
  time(): number | undefined {
    return this.#isString ? this.#source?.timeIn(this.#start, this.#end) : undefined;
  }

  #read(source: TextSource): void {
    this.#json = source.read(this.#start, this.#end, this.#isString);
    this.#source = undefined;
    this.#bytes = undefined;
  }
}

// An escape may stand for any letter.
const BACKSLASH = 0x5c;

function elementsOf(json: JsonValue): readonly Value[] {
  const elements: Value[] = [];
  someScalar(fieldValue(json) ?? null, (scalar) => {
    elements.push(Value.of(scalar));
    return false;
  });
  return elements;
}
