import type { Expression, Match, PatternPart, TextPattern } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import { parsePattern } from '../../language/pattern.ts';
import { placeholderTextsMax } from './limits.ts';

/** Why the placeholders of a rule could not be filled in. */
export interface PlaceholderProblem {
  readonly code: 'undefined-placeholder' | 'placeholder-too-large';
  readonly message: string;
  /** What the rule says there. */
  readonly fragment: string;
  readonly hint: string;
}

type Placeholder = Extract<Match, { kind: 'placeholder' }>;
type Joined = Extract<Expression, { kind: 'and' | 'or' }>;

/** The expression with every placeholder replaced by the texts of its list. */
export function fillPlaceholders(expression: Expression, policy: Policy): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return sameOrFilled(expression, policy);
    case 'not': {
      const operand = fillPlaceholders(expression.operand, policy);
      return operand === expression.operand ? expression : { kind: 'not', operand };
    }
    case 'exists':
      return expression;
    case 'field':
    case 'keyword': {
      const { match } = expression;
      if (match.kind !== 'placeholder') return expression;
      const operands = textsOf(match, policy, ignore).map((pattern): Expression => {
        return { ...expression, match: { kind: 'text', pattern, cased: match.cased } };
      });
      return { kind: 'or', operands };
    }
  }
}

// Most rules have no placeholder: their expressions, and what they share, stay what they are.
function sameOrFilled(expression: Joined, policy: Policy): Expression {
  const { kind, operands } = expression;
  for (const [at, operand] of operands.entries()) {
    const filled = fillPlaceholders(operand, policy);
    if (filled === operand) continue;
    const rest = operands.slice(at + 1).map((each) => fillPlaceholders(each, policy));
    return { kind, operands: [...operands.slice(0, at), filled, ...rest] };
  }
  return expression;
}

const ignore = (): void => undefined;

/** The texts that a placeholder stands for, and what stood against it. */
export function textsOf(
  match: Placeholder,
  policy: Policy,
  report: (problem: PlaceholderProblem) => void,
): readonly TextPattern[] {
  let patterns: (readonly PatternPart[])[] = [[]];
  for (const part of match.parts) {
    const choices = part.kind === 'literal' ? [part.pattern] : listOf(part.name, policy, report);
    if (patterns.length * choices.length > placeholderTextsMax) {
      const message = `its placeholders stand for more than ${placeholderTextsMax} texts`;
      const hint = 'Put fewer placeholders into one value, or shorten their lists.';
      const fragment = part.kind === 'literal' ? '%' : `%${part.name}%`;
      report({ code: 'placeholder-too-large', message, fragment, hint });
      return [];
    }
    patterns = patterns.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return patterns;
}

function listOf(
  name: string,
  policy: Policy,
  report: (problem: PlaceholderProblem) => void,
): readonly TextPattern[] {
  const texts = policy.list(name);
  if (texts === undefined) {
    const fragment = `%${name}%`;
    const message = `no list defines the placeholder ${fragment}`;
    const hint = 'Add the list to the policy; one that is empty matches nothing.';
    report({ code: 'undefined-placeholder', message, fragment, hint });
    return [];
  }
  return texts.map((text) => parsePattern(text).pattern);
}
