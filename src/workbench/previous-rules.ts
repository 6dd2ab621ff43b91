import { existsSync, readFileSync } from 'node:fs';

import { linkRules } from '../language/link.ts';
import { readRules } from '../language/read.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Rule } from '../language/tree.ts';
import { filesBelow } from '../runtime/rule-files.ts';
import { narrowed } from './choose-rules.ts';
import { textAt } from './git.ts';

/** Rules as they were before. */
export interface PreviousRules {
  readonly ruleSet: RuleSet;
  /** Ids of rules that were there before, and can be compared. */
  readonly known: ReadonlySet<string>;
}

/**
 * The version before of the rules of a set: from a file or folder, or of their own files at a git commit.
 * Rules that were not there are left out.
 */
export function previousRules(
  ruleSet: RuleSet,
  named: readonly string[],
  against: string,
): PreviousRules {
  const rules = [...ruleSet.detections, ...ruleSet.correlations].map(({ rule }) => rule);
  const files = new Set(rules.map(({ source }) => source.file));
  const before: Rule[] = existsSync(against)
    ? filesBelow([against]).flatMap((file) => readRules(readFileSync(file, 'utf8'), file).rules)
    : [...files].flatMap((file) => readRules(textAt(file, against) ?? '', file).rules);
  const linked = linkRules(before);
  const all = [...linked.detections, ...linked.correlations].map(({ rule }) => rule.id);
  const known = new Set(all.filter((id) => named.includes(id)));
  return { ruleSet: narrowed(linked, known), known };
}
