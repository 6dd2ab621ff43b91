import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readYaml } from '../../base/yaml.ts';
import { readRules } from '../../language/read.ts';
import type { Rule } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import { loadPolicy } from '../../runtime/policy-files.ts';
import { filesBelow } from '../../runtime/rule-files.ts';

/** A list that placeholders name. */
export interface KnownList {
  readonly name: string;
  readonly file: string;
}

/** Beyond this a folder is no folder of rules. */
const FILES_MAX = 20_000;

/** The rules and lists of the folders that an editor has open. Open texts count before files. */
export class Workspace {
  readonly #folders: readonly string[];
  readonly #lists: readonly string[];
  readonly #texts = new Map<string, string>();
  #rules: ReadonlyMap<string, readonly Rule[]> | undefined;
  #policy: Policy | undefined;

  constructor(folders: readonly string[], lists: readonly string[]) {
    this.#folders = folders;
    // A folder of rules usually has its lists beside them.
    const own = folders.map((folder) => join(folder, 'lists'));
    this.#lists = [...new Set([...lists, ...own.filter((folder) => existsSync(folder))])];
  }

  /** The editor's text of a file; undefined when it is closed. */
  setText(file: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(file);
    else this.#texts.set(file, text);
    if (this.#rules === undefined) return;
    const rules = new Map(this.#rules);
    const now = text ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
    if (isRuleFile(file)) rules.set(file, readRules(now, file).rules);
    this.#rules = rules;
  }

  textOf(file: string): string | undefined {
    return this.#texts.get(file);
  }

  /** Files have changed on the disk. */
  forget(): void {
    this.#rules = undefined;
    this.#policy = undefined;
  }

  get policy(): Policy {
    return (this.#policy ??= loadPolicy(this.#lists).policy);
  }

  /** All rules, by file. */
  get rules(): ReadonlyMap<string, readonly Rule[]> {
    this.#rules ??= new Map(
      [...new Set([...filesBelow(this.#folders).slice(0, FILES_MAX), ...this.#texts.keys()])]
        .filter(isRuleFile)
        .map((file) => [
          file,
          readRules(this.#texts.get(file) ?? readFileSync(file, 'utf8'), file).rules,
        ]),
    );
    return this.#rules;
  }

  /** The rule of this id or name. */
  find(reference: string): Rule | undefined {
    const wanted = reference.toLowerCase();
    for (const rules of this.rules.values()) {
      const found = rules.find(({ id, name }) => id === wanted || name === reference);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The lists that there are, each with the last file that defines it. */
  get lists(): readonly KnownList[] {
    const known = new Map<string, KnownList>();
    for (const folder of this.#lists) {
      for (const name of readdirSync(folder).filter((each) => /\.ya?ml$/.test(each))) {
        const file = join(folder, name);
        const root = readYaml(readFileSync(file, 'utf8')).documents[0]?.root;
        const value = root?.kind === 'map' ? root.entries.get('list')?.value : undefined;
        if (value?.kind === 'scalar') known.set(value.text, { name: value.text, file });
      }
    }
    return [...known.values()];
  }
}

/** True of files that hold rules: tests and lists have forms of their own. */
export function isRuleFile(file: string): boolean {
  return /\.ya?ml$/.test(file) && !/\.test\.yml$|[\\/](?:lists|policies|playbooks)[\\/]/.test(file);
}
