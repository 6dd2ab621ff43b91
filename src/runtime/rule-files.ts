import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';

import { assert } from '../base/assert.ts';
import { Failure } from '../base/failure.ts';
import { linkRules } from '../language/link.ts';
import { applyPipeline } from '../language/pipeline/apply.ts';
import { readPipeline } from '../language/pipeline/read-pipeline.ts';
import type { RuleProblem } from '../language/problem.ts';
import { readRules } from '../language/read.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Rule } from '../language/tree.ts';
import type { RuleOverride } from '../policy/overrides.ts';
import { applyOverrides, today, withoutOff } from './overrides.ts';
import { isPack, openPack } from './rule-pack.ts';

/** The rules and lists that come with the product. */
export const BUNDLED_RULES: string = resolve(import.meta.dirname, '../../rules');

/**
 * Folders under a rule folder that are not read with it: lists, policies and playbooks have readers of their own, and
 * rules over a whole fleet, which ask for all hosts in one place, are named by who wants them (`rules/fleet`).
 */
const OTHER_FOLDERS: ReadonlySet<string> = new Set(['lists', 'policies', 'playbooks', 'fleet']);

export interface LoadedRules {
  readonly ruleSet: RuleSet;
  readonly files: number;
  /** Overrides in force by the id of their rule. */
  readonly overridden?: ReadonlyMap<string, readonly RuleOverride[]>;
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
  /** How an organisation runs rules without editing them; those that have not expired count. */
  readonly overrides?: readonly RuleOverride[];
  /** Told in one line when a pack was not used, and why. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Rules that are ready to compile: read and linked from all files below these paths, or from the one pack
 * that is named instead. Broken rules are problems; the others load.
 */
export function loadRules(paths: readonly string[], options: RuleOptions = {}): LoadedRules {
  const pack = paths.find(isPack);
  if (pack === undefined) return readRuleFiles(paths, options);
  assert(paths.length === 1, 'a pack stands alone: rules of several places are linked together');
  return loadPack(pack, options);
}

/** Why a pack can not be named beside other rules. */
export const PACK_ALONE: string =
  'a pack holds rules that are linked already: pack all of them together, ' +
  'with `tidegate rules pack --rules ONE --rules OTHER`';

// What was made of other rules, or by another version, is never used; the rules are read instead.
function loadPack(path: string, options: RuleOptions): LoadedRules {
  const pack = openPack(path);
  const { recipe, files, hasSources } = pack;
  const asked = {
    portable: options.portable ?? false,
    schema: options.schema ?? false,
    pipelines: options.pipelines ?? [],
  };
  const ruleFiles = hasSources ? filesBelow(recipe.rules) : [];
  const overrides = options.overrides ?? [];
  const fault =
    overrides.length > 0
      ? 'overrides change rules, and a pack is linked already'
      : pack.fault(asked, ruleFiles);
  if (fault === undefined) return { ...pack.read(), files };
  const advice = 'write it again with `tidegate rules pack`';
  if (!hasSources) {
    const message = `${path}: ${fault}, and what it was made from is not here: ${advice}`;
    throw new Failure('source_corrupt', { message, retryable: false });
  }
  options.onNotice?.(
    `${path}: not used, since ${fault}; the rules are read from their files: ${advice}`,
  );
  return readRuleFiles(recipe.rules, {
    portable: asked.portable || recipe.portable,
    schema: asked.schema || recipe.schema,
    pipelines: asked.pipelines.length > 0 ? asked.pipelines : recipe.pipelines,
    overrides,
  });
}

function readRuleFiles(paths: readonly string[], options: RuleOptions): LoadedRules {
  let rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  const reading = { portable: options.portable ?? false, schema: options.schema ?? false };
  const files = filesBelow(paths);
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
  const { overrides = [] } = options;
  const { rules: changed, off, inForce, ...more } = applyOverrides(rules, overrides, today());
  const ruleSet = withoutOff(linkRules(changed), off);
  return {
    ruleSet,
    files: files.length,
    overridden: inForce,
    problems: [...problems, ...more.problems, ...ruleSet.problems],
  };
}

/** The YAML rule files below these paths. */
export function filesBelow(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => ruleFiles(path));
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
  return (
    readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      // `.git`, and the folders that Kubernetes puts behind the links of a ConfigMap.
      .filter(({ name }) => !name.startsWith('.'))
      .flatMap((entry) => {
        if (entry.isDirectory())
          return OTHER_FOLDERS.has(entry.name) ? [] : ruleFiles(join(path, entry.name));
        return isRuleFile(entry.name) ? [join(path, entry.name)] : [];
      })
  );
}

function isRuleFile(name: string): boolean {
  const isYaml = extname(name) === '.yml' || extname(name) === '.yaml';
  return isYaml && !name.endsWith('.test.yml');
}
