import { LineIndex, plainYaml, readYaml } from '../base/yaml.ts';
import type { YamlNode } from '../base/yaml.ts';
import type { PolicyProblem, PolicyProblemCode } from './problem.ts';

/** A file as its source delivers it. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

type Path = readonly (string | number)[];

/** A mapping of a policy file with the path to it. */
export interface Mapping {
  readonly path: Path;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads one file's values by path and collects what is wrong, with the line. */
export class PolicyReader {
  readonly #file: PolicyFile;
  readonly #lines: LineIndex;
  readonly #root: YamlNode | undefined;
  readonly #problems: PolicyProblem[];

  constructor(file: PolicyFile, problems: PolicyProblem[]) {
    this.#file = file;
    this.#lines = new LineIndex(file.text);
    this.#problems = problems;
    const yaml = readYaml(file.text);
    const document = yaml.documents[0];
    const found = [...yaml.problems, ...(document?.problems ?? [])];
    if (yaml.documents.length > 1) {
      const offset = yaml.documents[1]?.root.offset ?? 0;
      found.push({ code: 'yaml-syntax', message: 'more than one document in the file', offset });
    }
    for (const { message, offset } of found) {
      const place = this.#lines.place(offset);
      const code = 'policy-syntax';
      problems.push({ severity: 'error', code, message, file: file.path, ...place });
    }
    this.#root = found.length === 0 ? document?.root : undefined;
  }

  /** The whole document, if it is a mapping. */
  root(): Mapping | undefined {
    return this.#root === undefined ? undefined : this.mapping([], plainYaml(this.#root));
  }

  /** This value as a mapping, or undefined with a problem. */
  mapping(path: Path, value: unknown): Mapping | undefined {
    if (isRecord(value)) return { path, data: value };
    this.problem('policy-wrong-type', path, `${nameOf(path)} must be a mapping`);
    return undefined;
  }

  /** Names the keys that the file format does not have: mostly typing errors. */
  refuseOtherKeys(mapping: Mapping, known: readonly string[]): void {
    for (const key of Object.keys(mapping.data)) {
      if (known.includes(key)) continue;
      const path = [...mapping.path, key];
      this.problem('policy-unknown-key', path, `"${key}" is not known here`, {
        hint: `known keys: ${known.join(', ')}`,
      });
    }
  }

  /** A text that must be there. */
  text(mapping: Mapping, key: string): string | undefined {
    const value = own(mapping, key);
    if (typeof value === 'string' && value !== '') return value;
    this.#missing(mapping, key, value, 'a text');
    return undefined;
  }

  /** A switch that may be left out. */
  flag(mapping: Mapping, key: string, otherwise: boolean): boolean {
    const value = own(mapping, key);
    if (value === undefined) return otherwise;
    if (typeof value === 'boolean') return value;
    this.problem('policy-wrong-type', [...mapping.path, key], `"${key}" must be true or false`);
    return otherwise;
  }

  /** The mappings of a list that must be there. */
  mappings(mapping: Mapping, key: string): readonly Mapping[] {
    const value = own(mapping, key);
    if (!Array.isArray(value)) {
      this.#missing(mapping, key, value, 'a list');
      return [];
    }
    return value.flatMap((entry, index) => {
      const found = this.mapping([...mapping.path, key, index], entry);
      return found === undefined ? [] : [found];
    });
  }

  /** The texts of a list; `needed` says whether it must be there. */
  texts(mapping: Mapping, key: string, needed: boolean): readonly string[] {
    const value = own(mapping, key);
    if (value === undefined && !needed) return [];
    if (!Array.isArray(value)) {
      this.#missing(mapping, key, value, 'a list of texts');
      return [];
    }
    return value.flatMap((entry: unknown, index) => {
      if (typeof entry === 'string' && entry !== '') return [entry];
      const path = [...mapping.path, key, index];
      this.problem('policy-wrong-type', path, `a value of "${key}" must be a text`);
      return [];
    });
  }

  /** How many errors there are so far, of other files too. */
  get errors(): number {
    return this.#problems.filter(({ severity }) => severity === 'error').length;
  }

  /** Where the value of this path stands. */
  place(path: Path): { readonly file: string; readonly line: number; readonly column: number } {
    return { file: this.#file.path, ...this.#lines.place(this.#offset(path)) };
  }

  /** Notes a problem at the value of this path. */
  problem(
    code: PolicyProblemCode,
    path: Path,
    message: string,
    more: { readonly hint?: string; readonly severity?: 'error' | 'warning' } = {},
  ): void {
    const { line, column } = this.#lines.place(this.#offset(path));
    const { severity = 'error', ...rest } = more;
    this.#problems.push({ severity, code, message, ...rest, file: this.#file.path, line, column });
  }

  // Of the value itself, or of the nearest one around it.
  #offset(path: Path): number {
    let node = this.#root;
    for (const step of path) {
      const next: YamlNode | undefined =
        node?.kind === 'map' && typeof step === 'string'
          ? node.entries.get(step)?.value
          : node?.kind === 'list' && typeof step === 'number'
            ? node.items[step]
            : undefined;
      if (next === undefined) break;
      node = next;
    }
    return node?.offset ?? 0;
  }

  #missing(mapping: Mapping, key: string, value: unknown, wanted: string): void {
    if (value === undefined) {
      this.problem('policy-missing-key', mapping.path, `"${key}" is missing: ${wanted}`);
    } else {
      this.problem('policy-wrong-type', [...mapping.path, key], `"${key}" must be ${wanted}`);
    }
  }
}

function own(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping.data, key) ? mapping.data[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(path: Path): string {
  const last = path[path.length - 1];
  return last === undefined ? 'the file' : typeof last === 'number' ? 'an entry' : `"${last}"`;
}
