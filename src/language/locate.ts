import { LineIndex, readYaml } from '../base/yaml.ts';
import type { YamlNode } from '../base/yaml.ts';
import type { RuleSource } from './tree.ts';

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
  place(path: readonly string[]): { readonly line: number; readonly column: number } {
    const start = { line: this.source.line, column: 1 };
    const root = this.#root;
    if (root?.kind !== 'map') return start;
    const [first] = root.entries.values();
    if (first === undefined) return start;
    let node: YamlNode = root;
    for (const key of path) {
      const next: YamlNode | undefined = step(node, key);
      if (next === undefined) break;
      node = next;
    }
    if (node === root) return start;
    const { line, column } = this.#lines.place(node.offset);
    return { line: this.source.line + line - this.#lines.place(first.keyOffset).line, column };
  }
}

function step(node: YamlNode, key: string): YamlNode | undefined {
  if (node.kind === 'map') return node.entries.get(key)?.value;
  return node.kind === 'list' ? node.items[Number(key)] : undefined;
}
