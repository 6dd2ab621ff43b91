import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';

import { Failure } from '../base/failure.ts';
import { linkRules } from '../language/link.ts';
import { applyPipeline } from '../language/pipeline/apply.ts';
import { readPipeline } from '../language/pipeline/read-pipeline.ts';
import type { RuleProblem } from '../language/problem.ts';
import { readRules } from '../language/read.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Rule } from '../language/tree.ts';

/** The rules and lists that come with the product. */
export const BUNDLED_RULES: string = resolve(import.meta.dirname, '../../rules');

/** Folders under a rule folder that hold no rules: lists, policies and playbooks have readers of their own. */
const OTHER_FOLDERS: ReadonlySet<string> = new Set(['lists', 'policies', 'playbooks']);

export interface LoadedRules {
  readonly ruleSet: RuleSet;
  readonly files: number;
  /** Of reading and of linking, in file order. */
  readonly problems: readonly RuleProblem[];
}

export interface RuleOptions {
  /** Refuses Tidegate's extensions of Sigma. */
  readonly portable?: boolean;
  /** Holds every document against the JSON schemas too. */
  readonly schema?: boolean;
  /** Processing pipeline files in pySigma's form, applied in this order. */
  readonly pipelines?: readonly string[];
}

/** Reads and links all rules below these files and folders. Broken rules are problems; the others load. */
export function loadRules(paths: readonly string[], options: RuleOptions = {}): LoadedRules {
  let rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  const reading = { portable: options.portable ?? false, schema: options.schema ?? false };
  const files = paths.flatMap((path) => ruleFiles(path));
  for (const file of files) {
    const read = readRules(readFileSync(file, 'utf8'), file, reading);
    rules.push(...read.rules);
    problems.push(...read.problems);
  }
  for (const file of options.pipelines ?? []) {
    const read = readPipeline(readFileSync(file, 'utf8'), file);
    problems.push(...read.problems);
    if (read.pipeline === undefined) continue;
    const applied = applyPipeline(rules, read.pipeline);
    rules = [...applied.rules];
    problems.push(...applied.problems);
  }
  const ruleSet = linkRules(rules);
  return { ruleSet, files: files.length, problems: [...problems, ...ruleSet.problems] };
}

/** The YAML rule files below a path, sorted, without tests and lists. */
export function ruleFiles(path: string): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new Failure('source_unreadable', {
      message: `${path}: no such rule file or folder`,
      retryable: false,
    });
  }
  if (!stats.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory())
        return OTHER_FOLDERS.has(entry.name) ? [] : ruleFiles(join(path, entry.name));
      return isRuleFile(entry.name) ? [join(path, entry.name)] : [];
    });
}

function isRuleFile(name: string): boolean {
  const isYaml = extname(name) === '.yml' || extname(name) === '.yaml';
  return isYaml && !name.endsWith('.test.yml');
}
