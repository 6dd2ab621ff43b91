import { isAcceptedRegex } from '../../language/modifiers/regex.ts';
import type { LinkedDetection } from '../../language/ruleset.ts';
import type { Expression, Match } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import { readNetwork } from './networks.ts';
import { textsOf } from './placeholders.ts';
import type { PlaceholderProblem } from './placeholders.ts';
import { compileRegex } from './regex.ts';

/** Why a comparison could not be compiled. */
export interface MatchProblem {
  readonly code: 'invalid-regex' | 'invalid-network';
  readonly message: string;
  /** What the rule says there. */
  readonly fragment: string;
  readonly hint?: string;
}

/** Why a rule can not be evaluated. */
export type CompileProblem = MatchProblem | PlaceholderProblem;

/**
 * Calls back with all that stands against evaluating a rule, before anything of it is compiled:
 * thousands of rules are loaded, and those of log sources that never come are never compiled.
 */
export function eachRefusal(
  detection: LinkedDetection,
  policy: Policy,
  report: (problem: CompileProblem) => void,
): void {
  if (detection.outline !== undefined) {
    for (const match of detection.outline.placeholders) textsOf(match, policy, report);
    return;
  }
  for (const expression of detection.expressions) {
    eachMatch(expression, (match) => {
      const problem = problemOf(match);
      if (problem !== undefined) report(problem);
      if (match.kind === 'placeholder') textsOf(match, policy, report);
    });
  }
}

function problemOf(match: Match): MatchProblem | undefined {
  if (match.kind === 'regex') {
    if (isAcceptedRegex(match) || compileRegex(match.source, match.flags) !== undefined) {
      return undefined;
    }
    const message = `RE2 refuses ${JSON.stringify(match.source)}`;
    return { code: 'invalid-regex', message, fragment: match.source };
  }
  if (match.kind !== 'cidr' || readNetwork(match.network) !== undefined) return undefined;
  const message = `${JSON.stringify(match.network)} is no network`;
  return { code: 'invalid-network', message, fragment: match.network };
}

function eachMatch(expression: Expression, visit: (match: Match) => void): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) eachMatch(operand, visit);
      return;
    case 'not':
      eachMatch(expression.operand, visit);
      return;
    case 'exists':
      return;
    case 'field':
    case 'keyword':
      visit(expression.match);
  }
}
