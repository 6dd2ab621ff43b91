import type { FieldValue, Scalar, TelemetryEvent } from '../../../src/event/event.ts';
import { logsource } from '../../../src/event/logsource.ts';
import type { Logsource } from '../../../src/event/logsource.ts';
import type { Enrichments } from '../../../src/enrichment/enrichment.ts';
import type { LinkedDetection, RuleSet } from '../../../src/language/ruleset.ts';
import type { Condition, Expression, Match, TextPattern } from '../../../src/language/tree.ts';
import type { LogsourcePattern } from '../../../src/event/logsource.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { parsePattern } from '../../../src/language/pattern.ts';
import { someScalar } from '../../../src/engine/matching/values.ts';

/** A log source that the rules of these tests ask for. */
export const launches: Logsource = logsource('windows', ['process_creation'], ['sysmon']);

/** Fields by name; one that is undefined is absent. */
export type Fields = Readonly<Record<string, FieldValue | undefined>>;

/** An event with just these fields. */
export function sampleEvent(fields: Fields, source: Logsource = launches): TelemetryEvent {
  const values = new Map(Object.entries(fields));
  return {
    id: 'event-1',
    time: 0,
    host: 'host-1',
    logsource: source,
    activity: 'other',
    sensor: 'sample',
    position: { source: 'sample', partition: 0, offset: 0 },
    origin: {
      record: { payload: null, position: { source: 'sample', partition: 0, offset: 0 } },
      index: 0,
    },
    derived: new Map(),
    get: (field) => values.get(field),
    someValue: (visit) => someValue(values.values(), visit),
    process: () => undefined,
    document: () => ({}),
  };
}

function someValue(
  values: Iterable<FieldValue | undefined>,
  visit: (value: Scalar) => boolean,
): boolean {
  for (const value of values) if (value !== undefined && someScalar(value, visit)) return true;
  return false;
}

/** A rule with these expressions as its conditions; each is a selection of its own, too. */
export function sampleRule(
  id: string,
  expressions: readonly Expression[],
  pattern: LogsourcePattern = { category: 'process_creation' },
): LinkedDetection {
  const named = expressions.map((expression, index) => [`selection_${index}`, expression] as const);
  const conditions = named.map(([name]): Condition => {
    return { text: name, tree: { kind: 'selection', name } };
  });
  return {
    rule: {
      kind: 'detection',
      id,
      title: id,
      references: [],
      tags: [],
      falsepositives: [],
      fields: [],
      level: 'medium',
      related: [],
      custom: new Map(),
      source: { file: `${id}.yml`, line: 1, text: '' },
      logsource: pattern,
      selections: new Map(named),
      conditions,
    },
    expressions,
    alerts: true,
    meaning: id,
  };
}

/** A rule set of these rules. */
export function ruleSetOf(...detections: readonly LinkedDetection[]): RuleSet {
  return { detections, correlations: [], problems: [] };
}

/** A policy with these lists. */
export function policyOf(lists: Readonly<Record<string, readonly string[]>> = {}): Policy {
  const byName = new Map(Object.entries(lists));
  return { agent: () => undefined, list: (name) => byName.get(name) };
}

/** No enrichments at all. */
export const plain: Enrichments = { derivations: [], trackers: [] };

/** A text comparison in Sigma's notation. */
export function text(pattern: string | TextPattern, cased = false): Match {
  const parsed = typeof pattern === 'string' ? parsePattern(pattern).pattern : pattern;
  return { kind: 'text', pattern: parsed, cased };
}

/** A field that is compared. */
export function field(name: string, match: Match): Expression {
  return { kind: 'field', field: name, match };
}

/** All of the operands. */
export function and(...operands: readonly Expression[]): Expression {
  return { kind: 'and', operands };
}

/** Any of the operands. */
export function or(...operands: readonly Expression[]): Expression {
  return { kind: 'or', operands };
}

/** The opposite of the operand. */
export function not(operand: Expression): Expression {
  return { kind: 'not', operand };
}

/** A keyword. */
export function keyword(match: Match): Expression {
  return { kind: 'keyword', match };
}

/** Presence of a field. */
export function exists(name: string, expected = true): Expression {
  return { kind: 'exists', field: name, expected };
}
