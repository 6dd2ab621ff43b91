import { expect } from 'chai';

import { readRules } from '../../src/language/read.ts';
import type { RuleProblem } from '../../src/language/problem.ts';
import type {
  DetectionRule,
  Expression,
  Match,
  Rule,
  TextPattern,
} from '../../src/language/tree.ts';

/** The only rule of a text; fails when there are errors. */
export function onlyRule(text: string): Rule {
  const { rules, problems } = readRules(text, 'rule.yml');
  expect(errorsOf(problems)).to.deep.equal([]);
  expect(rules).to.have.lengthOf(1);
  const [rule] = rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

export function onlyDetection(text: string): DetectionRule {
  const rule = onlyRule(text);
  if (rule.kind !== 'detection') throw new Error(`a ${rule.kind}`);
  return rule;
}

/** `code: message` of each error. */
export function errorsOf(problems: readonly RuleProblem[]): readonly string[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);
}

export function codesOf(problems: readonly RuleProblem[]): readonly string[] {
  return problems.map(({ code }) => code);
}

/** A detection whose only selection is this YAML, indented here. */
export function ruleOf(selection: string, condition = 'sel'): string {
  const body = selection
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  return [
    'title: t',
    'id: 00000000-0000-4000-8000-000000000001',
    'logsource: { product: windows }',
    'detection:',
    '  sel:',
    body,
    `  condition: ${condition}`,
    '',
  ].join('\n');
}

/** What the selection asks, in the notation of `show`. */
export function shown(selection: string): string {
  const expression = onlyDetection(ruleOf(selection)).selections.get('sel');
  return expression === undefined ? 'nothing' : show(expression);
}

/** The codes of the problems of a selection. */
export function problemsOf(selection: string): readonly string[] {
  return codesOf(readRules(ruleOf(selection), 'rule.yml').problems);
}

/** An expression on one line: `f=«a»*` is a field, the bare pattern a keyword. */
export function show(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return `${expression.kind}(${expression.operands.map(show).join(', ')})`;
    case 'not':
      return `not ${show(expression.operand)}`;
    case 'field':
      return `${expression.field}=${showMatch(expression.match)}`;
    case 'keyword':
      return showMatch(expression.match);
    case 'exists':
      return `${expression.expected ? 'exists' : 'absent'} ${expression.field}`;
  }
}

function showMatch(match: Match): string {
  switch (match.kind) {
    case 'text':
      return `${match.cased ? 'cased ' : ''}${showPattern(match.pattern)}`;
    case 'number':
      return `number ${String(match.value)}${typeof match.value === 'bigint' ? 'n' : ''}`;
    case 'boolean':
      return String(match.value);
    case 'null':
      return 'null';
    case 'regex':
      return `/${match.source}/${match.flags}`;
    case 'cidr':
      return `net ${match.network}`;
    case 'compare':
      return `${match.part ?? 'number'} ${match.operator} ${String(match.value)}`;
    case 'fieldref':
      return `${match.cased ? 'cased ' : ''}${match.position} field ${match.field}`;
    case 'placeholder':
      return (
        (match.cased ? 'cased ' : '') +
        match.parts
          .map((part) =>
            part.kind === 'placeholder' ? `%${part.name}%` : showPattern(part.pattern),
          )
          .join('')
      );
  }
}

const wildcards = { many: '*', one: '?', dash: '-' } as const;

/** Literals stand in «»; `-` is the class of dashes; the empty pattern is «». */
function showPattern(pattern: TextPattern): string {
  if (pattern.length === 0) return '«»';
  return pattern
    .map((part) => (part.kind === 'literal' ? `«${part.text}»` : wildcards[part.kind]))
    .join('');
}
