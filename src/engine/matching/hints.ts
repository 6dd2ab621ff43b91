import type { Enrichments } from '../../enrichment/enrichment.ts';
import type { Test } from '../../language/pack/tests.ts';
import type { LinkedDetection, RuleSet } from '../../language/ruleset.ts';
import type { Expression } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import { Catalogue } from './catalogue.ts';
import { Compiler } from './compiler.ts';
import type { Leaf } from './nodes.ts';
import { StagedRule } from './rules.ts';
import { Tuning } from './tuning.ts';

const noPolicy: Policy = { agent: () => undefined, list: () => undefined };

/**
 * The tests by which programs look rules up before anything is measured, for a pack. Rules whose
 * placeholders stand for lists have none: their lists are only known when they are loaded.
 */
export function witnessesOf(
  ruleSet: RuleSet,
  enrichments: Enrichments,
): ReadonlyMap<LinkedDetection, readonly Test[]> {
  const catalogue = new Catalogue(enrichments, noPolicy);
  const context = { compiler: new Compiler(catalogue), catalogue, policy: noPolicy };
  const groups = new Map<string, StagedRule[]>();
  for (const detection of ruleSet.detections) {
    if (detection.expressions.some(hasPlaceholder)) continue;
    const { product, category, service } = detection.rule.logsource;
    const key = JSON.stringify([product, category, service]);
    const group = groups.get(key);
    const staged = new StagedRule(detection, context);
    if (group === undefined) groups.set(key, [staged]);
    else group.push(staged);
  }
  const witnesses = new Map<LinkedDetection, readonly Test[]>();
  for (const rules of groups.values()) {
    const tuning = new Tuning(rules);
    for (const { node, detection } of rules) {
      const witness = tuning.witness(node);
      if (witness !== undefined) witnesses.set(detection, witness.map(testOf));
    }
  }
  return witnesses;
}

function hasPlaceholder(expression: Expression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.some(hasPlaceholder);
    case 'not':
      return hasPlaceholder(expression.operand);
    case 'exists':
      return false;
    default:
      return expression.match.kind === 'placeholder';
  }
}

// Only what holds of a present value can be a witness.
function testOf(leaf: Leaf): Test {
  switch (leaf.kind) {
    case 'field':
      return { kind: 'field', field: leaf.slot.field, match: leaf.match };
    case 'keyword':
      return { kind: 'keyword', match: leaf.match };
    case 'presence':
      return { kind: 'exists', field: leaf.slot.field, expected: true };
  }
}
