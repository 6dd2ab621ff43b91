import { EVENT_ID, SCALAR_STYLE, YAMLException, getScalarValue, parseEvents } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';

/** A value of a YAML file with the place where it stands. Offsets count UTF-16 units of the file's text. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  /** By the YAML 1.2 core schema; integers of 16 digits and more are exact, dates stay text. */
  readonly value: string | number | bigint | boolean | null;
  /** As written, unquoted. */
  readonly text: string;
  readonly offset: number;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly offset: number;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, YamlEntry>;
  readonly offset: number;
}

export interface YamlEntry {
  readonly keyOffset: number;
  readonly value: YamlNode;
}

export type YamlProblemCode =
  'yaml-syntax' | 'yaml-alias' | 'yaml-tag' | 'yaml-key' | 'yaml-duplicate-key' | 'yaml-too-large';

export interface YamlProblem {
  readonly code: YamlProblemCode;
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
}

/** One document of a file. With problems its tree may lack parts, so it is good for further checks only. */
export interface YamlDocument {
  readonly root: YamlNode;
  /** The document's own text, its `---` line included. */
  readonly text: string;
  readonly problems: readonly YamlProblem[];
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  /** Of the file as a whole and of documents that have no tree. */
  readonly problems: readonly YamlProblem[];
}

export interface YamlLimits {
  readonly bytesMax: number;
  /** Keys and values, over all documents. */
  readonly nodesMax: number;
  readonly depthMax: number;
}

/** What a rule file may hold (decisions §22). */
export const yamlLimits: YamlLimits = { bytesMax: 1_048_576, nodesMax: 50_000, depthMax: 64 };

// js-yaml's event stream is read instead of its finished values: events carry offsets, so that every
// value knows its place without a second parser, and aliases are seen before anything is built from them.
/** Reads a file of one or more documents. A document that cannot be read does not stop the others. */
export function readYaml(text: string, limits: YamlLimits = yamlLimits): YamlFile {
  if (!fitsBytes(text, limits.bytesMax)) {
    const message = `the file is larger than ${String(limits.bytesMax)} bytes`;
    return { documents: [], problems: [tooLarge(message, 0)] };
  }
  const documents: YamlDocument[] = [];
  const problems: YamlProblem[] = [];
  let nodes = 0;
  for (const { start, end } of documentRanges(text)) {
    const part = text.slice(start, end);
    const parsed = parsePart(part, start, limits);
    if (!Array.isArray(parsed)) {
      problems.push(parsed);
      continue;
    }
    nodes += countNodes(parsed);
    if (nodes > limits.nodesMax) {
      const message = `the file holds more than ${String(limits.nodesMax)} values`;
      problems.push(tooLarge(message, start));
      break;
    }
    const composer = new Composer(part, start, parsed);
    for (let document = composer.next(); document !== undefined; document = composer.next()) {
      documents.push(document);
    }
  }
  return { documents, problems };
}

/** The value without places: lists, and objects without prototype, so that no key is special. */
export function plainYaml(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainYaml);
    case 'map': {
      const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [key, entry] of node.entries) object[key] = plainYaml(entry.value);
      return object;
    }
  }
}

/**
 * Turns offsets of a text into 1-based lines and columns. Lines are found as far as they are asked for:
 * most files are only asked where they begin.
 */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];
  readonly #ends: RegExp = /\r\n|\r|\n/g;
  #isWhole = false;

  constructor(text: string) {
    this.#text = text;
  }

  place(offset: number): { readonly line: number; readonly column: number } {
    while (!this.#isWhole && (this.#starts.at(-1) ?? 0) <= offset) this.#findNext();
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  #findNext(): void {
    const end = this.#ends.exec(this.#text);
    if (end === null) this.#isWhole = true;
    else this.#starts.push(end.index + end[0].length);
  }
}

function fitsBytes(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return false;
  // A UTF-16 unit is at most three bytes of UTF-8.
  return text.length * 3 <= bytesMax || new TextEncoder().encode(text).length <= bytesMax;
}

// An empty document counts too: a file of separators alone is work as well.
function countNodes(events: readonly Event[]): number {
  let nodes = 1;
  for (const { type } of events) {
    if (type !== EVENT_ID.POP && type !== EVENT_ID.DOCUMENT) nodes++;
  }
  return nodes;
}

function tooLarge(message: string, offset: number): YamlProblem {
  return { code: 'yaml-too-large', message, hint: 'Split it into several files.', offset };
}

// A line that begins with `---` ends a document wherever it stands, even inside a block or quoted
// scalar (YAML 1.2.2 §9.1.2), so that a file can be cut before it is parsed.
function documentRanges(text: string): readonly { readonly start: number; readonly end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  for (const found of text.matchAll(/^---(?=\s|$)/gm)) {
    if (found.index === start || text.startsWith('%', start)) continue;
    ranges.push({ start, end: found.index });
    start = found.index;
  }
  ranges.push({ start, end: text.length });
  return ranges;
}

function parsePart(part: string, start: number, limits: YamlLimits): Event[] | YamlProblem {
  try {
    return parseEvents(part, { maxDepth: limits.depthMax });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = start + Math.min(error.mark?.position ?? 0, part.length);
    return { code: 'yaml-syntax', message: error.reason, offset };
  }
}

class Composer {
  readonly #text: string;
  readonly #start: number;
  readonly #events: readonly Event[];
  #position = 0;
  #offset = 0;
  #problems: YamlProblem[] = [];

  constructor(text: string, start: number, events: readonly Event[]) {
    this.#text = text;
    this.#start = start;
    this.#events = events;
  }

  next(): YamlDocument | undefined {
    if (this.#events[this.#position]?.type !== EVENT_ID.DOCUMENT) return undefined;
    this.#position++;
    this.#problems = [];
    const root = this.#node();
    this.#position++;
    return { root, text: this.#text, problems: this.#problems };
  }

  #node(): YamlNode {
    const event = this.#events[this.#position++];
    switch (event?.type) {
      case EVENT_ID.SEQUENCE:
        this.#refuseMarks(event);
        return this.#list(event.start);
      case EVENT_ID.MAPPING:
        this.#refuseMarks(event);
        return this.#map(event.start);
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.ALIAS:
        this.#offset = event.anchorStart - 1;
        this.#problem(
          'yaml-alias',
          'aliases are not allowed in rule files',
          'Write the value out.',
        );
        break;
      default:
        this.#position--;
    }
    return { kind: 'scalar', value: null, text: '', offset: this.#start + this.#offset };
  }

  #list(start: number): YamlList {
    this.#offset = start;
    const items: YamlNode[] = [];
    while (!this.#closes()) items.push(this.#node());
    return { kind: 'list', items, offset: this.#start + start };
  }

  #map(start: number): YamlMap {
    this.#offset = start;
    const entries = new Map<string, YamlEntry>();
    while (!this.#closes()) {
      const key = this.#node();
      const value = this.#node();
      this.#add(entries, key, value);
    }
    return { kind: 'map', entries, offset: this.#start + start };
  }

  #add(entries: Map<string, YamlEntry>, key: YamlNode, value: YamlNode): void {
    if (key.kind !== 'scalar') {
      this.#problemAt(key.offset, 'yaml-key', 'a key must be text, not a list or a map');
    } else if (entries.has(key.text)) {
      const message = `duplicate key ${JSON.stringify(key.text)}`;
      this.#problemAt(key.offset, 'yaml-duplicate-key', message, 'Keep one of them.');
    } else {
      entries.set(key.text, { keyOffset: key.offset, value });
    }
  }

  #closes(): boolean {
    const type = this.#events[this.#position]?.type;
    if (type === EVENT_ID.POP) this.#position++;
    return type === EVENT_ID.POP || type === undefined;
  }

  #scalar(event: ScalarEvent): YamlScalar {
    if (event.valueStart >= 0) {
      const quoted =
        event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      this.#offset = event.valueStart - (quoted ? 1 : 0);
      // A block scalar begins with the indentation of its first line.
      while (this.#text.charAt(this.#offset) === ' ') this.#offset++;
    }
    this.#refuseMarks(event);
    const text = getScalarValue(this.#text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
    const offset = this.#start + this.#offset;
    if (event.valueEnd >= 0) this.#offset = event.valueEnd;
    return { kind: 'scalar', value: plain ? coreValue(text) : text, text, offset };
  }

  #refuseMarks(event: Exclude<Event, { type: 1 | 5 | 6 }>): void {
    if (event.anchorStart >= 0) {
      this.#offset = event.anchorStart - 1;
      this.#problem('yaml-alias', 'anchors are not allowed in rule files', 'Write the value out.');
    }
    if (event.tagStart < 0) return;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (tag === '!!str' && event.type === EVENT_ID.SCALAR) return;
    this.#problemAt(this.#start + event.tagStart, 'yaml-tag', `the tag ${tag} is not allowed`);
  }

  #problem(code: YamlProblemCode, message: string, hint?: string): void {
    this.#problemAt(this.#start + this.#offset, code, message, hint);
  }

  #problemAt(offset: number, code: YamlProblemCode, message: string, hint?: string): void {
    this.#problems.push({ code, message, ...(hint === undefined ? {} : { hint }), offset });
  }
}

// A leading zero is part of an identifier (`00000429` is a keyboard layout), so such digits stay text; the core
// schema would read them as a number and lose it.
const integer = /^[-+]?(?:0|[1-9][0-9]*)$/;
const padded = /^[-+]?0[0-9]+$/;
const based = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

// The core schema of YAML 1.2.2 §10.3, except that infinities and NaN stay text (no event carries them) and so do padded integers.
function coreValue(text: string): YamlScalar['value'] {
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
  }
  const first = text.charCodeAt(0);
  // Only digits, signs and a dot begin a number.
  if (first > 57 || first < 43 || first === 44 || first === 47) return text;
  if (integer.test(text)) return wholeNumber(text);
  if (padded.test(text)) return text;
  if (based.test(text)) return wholeNumber(text);
  if (!float.test(text)) return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

// Longer ones are no identifiers of anything; as text they are exact too, and cost no big arithmetic.
const bigDigitsMax = 64;

function wholeNumber(text: string): number | bigint | string {
  if (text.length > bigDigitsMax) return text;
  const number = Number(text);
  if (text.length < 16 || Math.abs(number) < 1e15) return number === 0 ? 0 : number;
  const digits = text.startsWith('+') ? text.slice(1) : text;
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}
