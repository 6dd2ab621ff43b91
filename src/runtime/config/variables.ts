import { readFileSync } from 'node:fs';

import type { YamlNode } from '../../base/yaml.ts';

/** Where values come from that do not stand in the file. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
}

export const processSurroundings: Surroundings = {
  environment: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
};

/** A value that could not be had. */
export interface VariableProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** The file's values with variables and files put in. */
export interface Resolved {
  readonly value: unknown;
  /** Paths, joined by dots, of values that came from a file or a variable. */
  readonly fromFile: ReadonlySet<string>;
  readonly fromVariable: ReadonlySet<string>;
  readonly problems: readonly VariableProblem[];
}

const FILE_PREFIX = 'file:';

/**
 * Puts in what `${NAME}` and `${NAME:-default}` stand for, anywhere in a text, and the first line of
 * the file that a whole text `file:/path` names. `$${` stands for `${`. Nothing that is put in is
 * looked at again.
 */
export function resolveVariables(root: YamlNode, surroundings: Surroundings): Resolved {
  const fromFile = new Set<string>();
  const fromVariable = new Set<string>();
  const problems: VariableProblem[] = [];
  const resolveText = (text: string, path: readonly string[]): string => {
    const put = text.replace(VARIABLE, (whole, escaped, name, fallback) => {
      if (escaped !== undefined) return '${';
      fromVariable.add(path.join('.'));
      const value = surroundings.environment[String(name)];
      if (value !== undefined && (value !== '' || fallback === undefined)) return value;
      if (fallback !== undefined) return String(fallback);
      problems.push({ path, message: `the variable ${String(name)} is not set` });
      return whole;
    });
    if (!text.startsWith(FILE_PREFIX)) return put;
    fromFile.add(path.join('.'));
    return fileText(put.slice(FILE_PREFIX.length), path);
  };
  const fileText = (file: string, path: readonly string[]): string => {
    try {
      return surroundings.readFile(file).split(/\r?\n/, 1)[0] ?? '';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'it can not be read';
      problems.push({ path, message: `the file ${file} can not be read: ${code}` });
      return '';
    }
  };
  const resolve = (node: YamlNode, path: readonly string[]): unknown => {
    if (node.kind === 'list') {
      return node.items.map((item, index) => resolve(item, [...path, String(index)]));
    }
    if (node.kind === 'map') {
      const object = Object.create(null) as Record<string, unknown>;
      for (const [key, entry] of node.entries) object[key] = resolve(entry.value, [...path, key]);
      return object;
    }
    return typeof node.value === 'string' ? resolveText(node.value, path) : node.value;
  };
  return { value: resolve(root, []), fromFile, fromVariable, problems };
}

const VARIABLE = /(\$\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
