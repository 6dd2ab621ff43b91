import { LineIndex, readYaml } from '../base/yaml.ts';
import type { YamlNode } from '../base/yaml.ts';
import type { RuleSource } from './tree.ts';

/** A place in a file, both 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds values of a loaded rule by reading its text again, because trees do not carry places. */
export class Locator {
  readonly source: RuleSource;
  readonly #lines: LineIndex;
  readonly #root: YamlNode | undefined;

  constructor(source: RuleSource) {
    this.source = source;
    this.#lines = new LineIndex(source.text);
    this.#root = readYaml(source.text).documents[0]?.root;
  }

  /**
   * The place of the value at this path of keys, or of the nearest one around it; the rule's first line when
   * nothing of the path is in its text (parts of a legacy global document are elsewhere).
   */
  place(path: readonly string[]): Place {
    let node = this.#root;
    for (const key of path) {
      const next: YamlNode | undefined = step(node, key);
      if (next === undefined) break;
      node = next;
    }
    return this.#at(node === this.#root ? undefined : node?.offset);
  }

  /** The place of the first key or value that names the field; the rule's first line when there is none. */
  field(name: string): Place {
    for (const part of ['detection', 'filter', 'correlation', 'suppress']) {
      const found = findField(step(this.#root, part), name);
      if (found !== undefined) return this.#at(found);
    }
    return this.#at(undefined);
  }

  /** The place where the rule's text first says this; the rule's first line when it never does. */
  text(fragment: string): Place {
    const offset = this.source.text.indexOf(fragment);
    return this.#at(offset === -1 ? undefined : offset);
  }

  #at(offset: number | undefined): Place {
    const start = { line: this.source.line, column: 1 };
    if (offset === undefined || this.#root?.kind !== 'map') return start;
    const [first] = this.#root.entries.values();
    if (first === undefined) return start;
    const { line, column } = this.#lines.place(offset);
    return { line: this.source.line + line - this.#lines.place(first.keyOffset).line, column };
  }
}

function findField(node: YamlNode | undefined, name: string): number | undefined {
  if (node?.kind === 'scalar') return node.value === name ? node.offset : undefined;
  if (node?.kind === 'list') {
    for (const item of node.items) {
      const found = findField(item, name);
      if (found !== undefined) return found;
    }
  }
  if (node?.kind !== 'map') return undefined;
  for (const [key, { keyOffset, value }] of node.entries) {
    if (key.split('|', 1)[0] === name) return keyOffset;
    const found = findField(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function step(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (node?.kind === 'map') return node.entries.get(key)?.value;
  return node?.kind === 'list' ? node.items[Number(key)] : undefined;
}
