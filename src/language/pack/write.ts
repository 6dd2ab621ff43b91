import { fieldsOf, leavesOf } from '../walk.ts';
import type { RuleProblem } from '../problem.ts';
import type { LinkedDetection, RuleOutline, RuleSet } from '../ruleset.ts';
import type { Match } from '../tree.ts';
import { linkedCorrelation } from './correlations.ts';
import { ExpressionWriter, SharedWriter, TestWriter } from './expressions.ts';
import { detectionHeader, logsourcePattern, suppression } from './headers.ts';
import { Names } from './names.ts';
import { ruleProblem } from './problems.ts';
import { packPlaceholder } from './tests.ts';
import type { Test } from './tests.ts';

/** A rule set as texts of JSON: one that is read at start-up, and parts that are read when needed. */
export interface PackedRules {
  readonly index: string;
  readonly parts: readonly string[];
}

/** What a pack holds beside the rules themselves. */
export interface PackExtras {
  /** What was wrong with the rules that were read. */
  readonly problems: readonly RuleProblem[];
  /** See `RuleOutline`. */
  readonly witnesses: ReadonlyMap<LinkedDetection, readonly Test[]>;
}

/** Writes a linked rule set. */
export function packRules(ruleSet: RuleSet, { problems, witnesses }: PackExtras): PackedRules {
  const { detections, correlations } = ruleSet;
  const fields = new Names();
  const tests = new TestWriter(fields);
  const shared = new SharedWriter(
    tests,
    detections.map(({ expressions }) => expressions),
  );
  // Witnesses come first, so that those of neighbours stand together and are read without other tests.
  const witnessOf = new Map(
    [...witnesses].map(([linked, leaves]) => [linked, leaves.map((test) => tests.numberOf(test))]),
  );
  const bodies: string[] = [];
  const headers: string[] = [];
  const outlines = detections.map((linked) => {
    const writer = new ExpressionWriter(tests, shared);
    const selections = [...linked.rule.selections].map(([name, expression]) => [
      name,
      writer.referenceTo(expression),
    ]);
    const conditions = linked.expressions.map((expression) => writer.referenceTo(expression));
    bodies.push(JSON.stringify([writer.nodes, selections, conditions]));
    headers.push(JSON.stringify([detectionHeader.pack(linked.rule), linked.meaning]));
    return [...packOutline(linked, fields), witnessOf.get(linked) ?? null];
  });
  const index = JSON.stringify([
    fields.all,
    tests.count,
    outlines,
    correlations.map(linkedCorrelation.pack),
    problems.map(ruleProblem.pack),
    ruleSet.problems.length,
  ]);
  return { index, parts: [...tests.parts, ...bodies, ...headers, JSON.stringify(shared.nodes)] };
}

function packOutline(linked: LinkedDetection, fields: Names): readonly unknown[] {
  const { alerts } = linked;
  const { id, name, logsource, suppress, readFields, placeholders } = outlineOf(linked);
  return [
    id,
    name ?? null,
    logsourcePattern.pack(logsource),
    suppress === undefined ? null : suppression.pack(suppress),
    readFields.map((field) => fields.numberOf(field)),
    placeholders.map(packPlaceholder),
    alerts,
  ];
}

/** What a start asks of the rule. */
function outlineOf({ rule, expressions }: LinkedDetection): Omit<RuleOutline, 'witness'> {
  const readFields = new Set<string>();
  for (const expression of [...expressions, ...rule.selections.values()]) {
    for (const field of fieldsOf(expression)) readFields.add(field);
  }
  const placeholders: Extract<Match, { kind: 'placeholder' }>[] = [];
  for (const leaf of expressions.flatMap(leavesOf)) {
    if (leaf.kind !== 'exists' && leaf.match.kind === 'placeholder') placeholders.push(leaf.match);
  }
  return { ...rule, readFields: [...readFields], placeholders };
}
