import { join } from 'node:path';

import type { Policy } from '../policy/policy.ts';
import { loadPolicy } from '../runtime/policy-files.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { chooseRules, type ChosenRules } from '../workbench/choose-rules.ts';
import { UsageError } from './exit.ts';
import { existingPlaces } from './input.ts';
import { reportProblems } from './problems.ts';

/** Options of commands that work on some rules of a set. */
export interface ChosenRulesOptions {
  readonly rules?: readonly string[];
  readonly lists?: readonly string[];
  readonly pipeline?: readonly string[];
}

/** The rules that a command names, and the policy that they read. */
export interface Chosen extends ChosenRules {
  readonly policy: Policy;
  readonly lists: readonly string[];
}

/** The rules of these names; what is wrong with them is said. A name that is none is a mistake in the call. */
export function chosenRules(names: readonly string[], options: ChosenRulesOptions): Chosen {
  const places = existingPlaces(options.rules ?? [BUNDLED_RULES]);
  const lists = existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]);
  const { policy, overrides, problems } = loadPolicy(lists);
  const pipelines = existingPlaces(options.pipeline ?? []);
  const chosen = chooseRules(names, places, { pipelines, overrides });
  if (!('ruleSet' in chosen)) {
    const meant = chosen.meant === undefined ? '' : `; did you mean '${chosen.meant}'?`;
    throw new UsageError(
      `'${chosen.name}' is neither a rule file nor the name, id or title of a rule${meant}`,
    );
  }
  const files = new Set(chosen.ruleSet.detections.map(({ rule }) => rule.source.file));
  const isOfInterest = ({ file }: { readonly file: string }): boolean =>
    files.has(file) || names.includes(file);
  reportProblems([...problems, ...chosen.problems.filter(isOfInterest)], false);
  if (chosen.named.length === 0) throw new UsageError(`${names.join(', ')}: no rule loads`);
  return { ...chosen, policy, lists };
}
