import { existsSync } from 'node:fs';

import type { RuleProblem } from '../language/problem.ts';
import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { RuleOverride } from '../policy/overrides.ts';
import { nearest } from '../base/nearest.ts';
import { loadRules, type RuleOptions } from '../runtime/rule-files.ts';

/** Rules that a command was asked for, with those that they count. */
export interface ChosenRules {
  readonly ruleSet: RuleSet;
  /** Ids of the rules that were named. */
  readonly named: readonly string[];
  /** Overrides in force by the id of their rule. */
  readonly overridden: ReadonlyMap<string, readonly RuleOverride[]>;
  readonly problems: readonly RuleProblem[];
}

/** Why a name chooses nothing. */
export interface NoSuchRule {
  readonly name: string;
  readonly meant: string | undefined;
}

/**
 * The rules of these names: a rule file, or the id, name or title of a rule below `places`. Rules that a named
 * correlation counts come along.
 */
export function chooseRules(
  names: readonly string[],
  places: readonly string[],
  options: RuleOptions = {},
): ChosenRules | NoSuchRule {
  const files = names.filter((name) => existsSync(name));
  const others = names.filter((name) => !existsSync(name));
  // A rule of a file may count rules that lie elsewhere; those are loaded when the file is not enough.
  const alone = others.length === 0 ? loadRules(files, options) : undefined;
  const lacksRules = alone?.problems.some(({ code }) => code === 'unknown-rule') === true;
  const loaded =
    alone === undefined || lacksRules
      ? loadRules([...new Set([...files, ...places])], options)
      : alone;
  const all = [...loaded.ruleSet.detections, ...loaded.ruleSet.correlations];
  const named: string[] = [];
  for (const { rule } of all) {
    if (files.some((file) => isBelow(rule.source.file, file))) named.push(rule.id);
  }
  for (const name of others) {
    const found = all.find(({ rule }) => [rule.id, rule.name, rule.title].includes(name));
    if (found === undefined) {
      const known = all.flatMap(({ rule }) => [rule.name ?? rule.id, rule.title]);
      return { name, meant: nearest(name, known) };
    }
    named.push(found.rule.id);
  }
  const ruleSet = narrowed(loaded.ruleSet, new Set(named));
  return { ruleSet, named, overridden: loaded.overridden ?? new Map(), problems: loaded.problems };
}

function isBelow(file: string, place: string): boolean {
  return file === place || file.startsWith(place.endsWith('/') ? place : `${place}/`);
}

/** The rule set of these rules and of all that they count. */
export function narrowed(ruleSet: RuleSet, ids: ReadonlySet<string>): RuleSet {
  const wanted = new Set(ids);
  // A correlation stands after those that it counts, so one pass from the end finds them all.
  for (const { rule, sources } of ruleSet.correlations.toReversed()) {
    if (wanted.has(rule.id)) for (const source of sources) wanted.add(source);
  }
  const isWanted = ({ rule }: LinkedDetection | LinkedCorrelation): boolean => wanted.has(rule.id);
  return {
    detections: ruleSet.detections.filter(isWanted),
    correlations: ruleSet.correlations.filter(isWanted),
    problems: ruleSet.problems,
  };
}
