import type { DetectionRule, Expression, FilterRule, TextPattern } from '../../language/tree.ts';
import { regexLiterals } from '../../engine/matching/regex-literals.ts';
import type { Findings } from './findings.ts';

const LITERAL_MIN = 3;

/** Values of selections: those that others cover, and regular expressions that cost more than they say. */
export function checkValues(rule: DetectionRule | FilterRule, findings: Findings): void {
  for (const expression of rule.selections.values()) checkExpression(rule, expression, findings);
}

type Owner = DetectionRule | FilterRule;

function checkExpression(rule: Owner, expression: Expression, findings: Findings): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      if (expression.kind === 'or') checkCovered(rule, expression.operands, findings);
      for (const operand of expression.operands) checkExpression(rule, operand, findings);
      return;
    case 'not':
      checkExpression(rule, expression.operand, findings);
      return;
    case 'field':
    case 'keyword':
      if (expression.match.kind === 'regex') checkRegex(rule, expression.match, findings);
      return;
    case 'exists':
  }
}

// `contains: [curl, curl.exe]`: the second value never decides.
function checkCovered(rule: Owner, operands: readonly Expression[], findings: Findings): void {
  const contained = operands.flatMap((operand) => {
    if (operand.kind !== 'field' || operand.match.kind !== 'text') return [];
    const text = containedText(operand.match.pattern);
    return text === undefined ? [] : [{ field: operand.field, text, cased: operand.match.cased }];
  });
  for (const [index, one] of contained.entries()) {
    const cover = contained.find(
      (other, at) =>
        at !== index &&
        other.field === one.field &&
        other.cased === one.cased &&
        folded(one).includes(folded(other)) &&
        (folded(one) !== folded(other) || at < index),
    );
    if (cover === undefined) continue;
    const message = `"${one.text}" adds nothing to "${cover.text}" of the same list`;
    findings.atText('repeated-value', rule, one.text, message);
  }
}

function folded({ text, cased }: { readonly text: string; readonly cased: boolean }): string {
  return cased ? text : text.toLowerCase();
}

/** The text of a pattern `*text*`. */
function containedText(pattern: TextPattern): string | undefined {
  const [first, literal, last, more] = pattern;
  if (first?.kind !== 'many' || last?.kind !== 'many' || more !== undefined) return undefined;
  return literal?.kind === 'literal' ? literal.text : undefined;
}

function checkRegex(rule: Owner, match: { readonly source: string }, findings: Findings): void {
  const { source } = match;
  if (/^[A-Za-z0-9 _/:-]+$/.test(source)) {
    findings.atText('plain-regex', rule, source, `"${source}" needs no regular expression`);
    return;
  }
  const literals = regexLiterals(source);
  const least = Math.min(...(literals ?? ['']).map((text) => text.length));
  if (least >= LITERAL_MIN) return;
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  findings.atText('costly-regex', rule, source, `"${shown}" has no text that must occur`);
}
