import { plainYaml } from '../base/yaml.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml.ts';
import { quote } from './reporter.ts';
import type { Reporter } from './reporter.ts';

/** Takes typed values out of a map and reports those of another type. */
export class Keys {
  readonly #map: YamlMap;
  readonly reporter: Reporter;
  readonly #taken = new Set<string>();

  constructor(map: YamlMap, reporter: Reporter) {
    this.#map = map;
    this.reporter = reporter;
  }

  /** Where the map begins, for problems of absent keys. */
  get offset(): number {
    return this.#map.offset;
  }

  has(key: string): boolean {
    return this.#map.entries.has(key);
  }

  entry(key: string): YamlEntry | undefined {
    this.#taken.add(key);
    return this.#map.entries.get(key);
  }

  node(key: string): YamlNode | undefined {
    return this.entry(key)?.value;
  }

  /** The node of a key that must be there. */
  required(key: string): YamlNode | undefined {
    const node = this.node(key);
    if (node === undefined) {
      this.reporter.report('missing-key', this.#map, `the key ${quote(key)} is missing`);
    }
    return node;
  }

  /** A text; numbers, dates and booleans count as their own text. An empty value counts as absent. */
  text(key: string, lengthMax: number): string | undefined {
    const node = this.node(key);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return undefined;
    if (node.kind !== 'scalar') return this.#wrong(key, node, 'a text');
    if (node.text.length <= lengthMax) return node.text;
    const message = `${quote(key)} is longer than ${String(lengthMax)} characters`;
    this.reporter.report('too-long', node, message);
    return undefined;
  }

  /** A list of texts; a single text counts as a list of one. */
  texts(key: string): readonly string[] {
    const node = this.node(key);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
    if (node.kind === 'scalar') return [node.text];
    if (node.kind === 'map') return this.#wrong(key, node, 'a list of texts') ?? [];
    const texts: string[] = [];
    for (const item of node.items) {
      if (item.kind === 'scalar') texts.push(item.text);
      else this.#wrong(key, item, 'a list of texts');
    }
    return texts;
  }

  /** One of a few words. */
  word<W extends string>(
    key: string,
    words: readonly W[],
    code:
      | 'invalid-status'
      | 'invalid-level'
      | 'invalid-value'
      | 'invalid-correlation'
      | 'invalid-pipeline',
  ): W | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const found = words.find((word) => node.kind === 'scalar' && node.value === word);
    if (found === undefined) {
      const written = node.kind === 'scalar' ? quote(node.text) : `a ${node.kind}`;
      const message = `${quote(key)} is ${written}`;
      this.reporter.report(code, node, message, `Use one of ${words.join(', ')}.`);
    }
    return found;
  }

  flag(key: string): boolean | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return this.#wrong(key, node, 'true or false');
  }

  map(key: string): YamlMap | undefined {
    const node = this.node(key);
    if (node === undefined || node.kind === 'map') return node;
    return this.#wrong(key, node, 'a map');
  }

  /** Plain values of the keys that nobody took. */
  rest(): ReadonlyMap<string, unknown> {
    const rest = new Map<string, unknown>();
    for (const [key, entry] of this.#map.entries) {
      if (!this.#taken.has(key)) rest.set(key, plainYaml(entry.value));
    }
    return rest;
  }

  /** Reports the keys that nobody took. */
  refuseRest(code: 'invalid-correlation' | 'invalid-value' | 'invalid-pipeline'): void {
    for (const [key, entry] of this.#map.entries) {
      if (this.#taken.has(key)) continue;
      const hint = `Known are ${[...this.#taken].join(', ')}.`;
      this.reporter.report(code, entry.keyOffset, `unknown key ${quote(key)}`, hint);
    }
  }

  #wrong(key: string, node: YamlNode, expected: string): undefined {
    this.reporter.report('wrong-type', node, `${quote(key)} must be ${expected}`);
  }
}
