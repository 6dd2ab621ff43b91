import { correlationMeaning } from './canonical.ts';
import type { LinkProblems } from './link-problems.ts';
import { quote } from './reporter.ts';
import type { DetectionDraft } from './link.ts';
import type { LinkedCorrelation } from './ruleset.ts';
import type { CorrelationRule, Rule } from './tree.ts';

/** Correlations in dependency order, and the ids of rules that do not alert on their own. */
export interface LinkedCorrelations {
  readonly correlations: readonly LinkedCorrelation[];
  readonly silenced: ReadonlySet<string>;
}

interface Pending {
  readonly rule: CorrelationRule;
  /** Ids of its sources, in the order written. */
  readonly sources: readonly string[];
}

/** Resolves what correlations refer to; detections that could not be linked count as not loaded. */
export function linkCorrelations(
  rules: readonly Rule[],
  detections: readonly DetectionDraft[],
  problems: LinkProblems,
): LinkedCorrelations {
  const byReference = new Map<string, Rule>();
  const linkable = new Set(detections.map(({ rule }) => rule.id));
  for (const rule of rules) {
    if (rule.kind === 'filter' || (rule.kind === 'detection' && !linkable.has(rule.id))) continue;
    byReference.set(rule.id, rule);
    if (rule.name !== undefined) byReference.set(rule.name, rule);
  }
  const pending: Pending[] = [];
  const consumers = new Consumers();
  for (const rule of rules) {
    if (rule.kind !== 'correlation') continue;
    const sources = resolve(rule, byReference, problems);
    // Also of a correlation that fails: its building blocks would flood if they began to alert.
    for (const id of sources.found) consumers.add(id, rule);
    if (sources.isComplete) pending.push({ rule, sources: sources.found });
  }
  const meanings = new Map(detections.map(({ rule, meaning }) => [rule.id, meaning]));
  const correlations = inOrder(pending, meanings, problems).map(({ rule, sources }) => {
    const meaning = meaningOf(rule, byReference, meanings);
    meanings.set(rule.id, () => meaning);
    return { rule, sources, alerts: !consumers.silences(rule.id), meaning };
  });
  return { correlations, silenced: consumers.silenced() };
}

// A rule that a correlation refers to is silent unless one of them sets `generate`.
class Consumers {
  readonly #generates = new Map<string, boolean>();

  add(id: string, { correlation }: CorrelationRule): void {
    this.#generates.set(id, (this.#generates.get(id) ?? false) || correlation.generate);
  }

  silences(id: string): boolean {
    return this.#generates.get(id) === false;
  }

  silenced(): ReadonlySet<string> {
    return new Set([...this.#generates.keys()].filter((id) => this.silences(id)));
  }
}

function resolve(
  rule: CorrelationRule,
  byReference: ReadonlyMap<string, Rule>,
  problems: LinkProblems,
): { readonly found: readonly string[]; readonly isComplete: boolean } {
  const found: string[] = [];
  let isComplete = true;
  for (const [index, reference] of rule.correlation.rules.entries()) {
    const target = byReference.get(reference);
    if (target !== undefined) {
      found.push(target.id);
      continue;
    }
    isComplete = false;
    const path = ['correlation', 'rules', String(index)];
    const message = `it refers to the rule ${quote(reference)}, which is not loaded`;
    const hint = 'Load its file too; rules with errors or a low status are not loaded.';
    problems.add('unknown-rule', rule, path, message, hint);
  }
  const sources = new Set(found);
  // An id and a name can be one rule, which is then one, and "all of them" would never fire.
  if (rule.correlation.type === 'temporal' && sources.size < found.length) {
    isComplete = false;
    const message = 'it names one rule twice';
    const hint =
      'Only the steps of temporal_ordered may repeat; to count matches, use event_count.';
    problems.add('invalid-correlation', rule, ['correlation', 'rules'], message, hint);
  }
  for (const [alias, fields] of rule.correlation.aliases) {
    for (const reference of fields.keys()) {
      const target = byReference.get(reference);
      if (target !== undefined && sources.has(target.id)) continue;
      isComplete = false;
      const path = ['correlation', 'aliases', alias];
      const message = `the alias names ${quote(reference)}, to which the correlation does not refer`;
      problems.add('unknown-alias', rule, path, message);
    }
  }
  return { found, isComplete };
}

// Kahn's algorithm, because a chain of correlations can be longer than the call stack is deep.
function inOrder(
  pending: readonly Pending[],
  ready: ReadonlyMap<string, unknown>,
  problems: LinkProblems,
): readonly Pending[] {
  const waiters = new Map<string, Pending[]>();
  const waitingFor = new Map<Pending, number>();
  const ids = new Set(pending.map(({ rule }) => rule.id));
  const free: Pending[] = [];
  const broken: Pending[] = [];
  for (const each of pending) {
    const missing = new Set(each.sources.filter((id) => !ready.has(id)));
    waitingFor.set(each, missing.size);
    if (missing.size === 0) free.push(each);
    if ([...missing].some((id) => !ids.has(id))) broken.push(each);
    for (const id of missing) {
      const list = waiters.get(id);
      if (list === undefined) waiters.set(id, [each]);
      else list.push(each);
    }
  }
  for (const each of free) {
    for (const waiter of waiters.get(each.rule.id) ?? []) {
      const left = (waitingFor.get(waiter) ?? 0) - 1;
      waitingFor.set(waiter, left);
      if (left === 0) free.push(waiter);
    }
  }
  const reached = new Set(broken);
  for (const each of reached) {
    for (const waiter of waiters.get(each.rule.id) ?? []) reached.add(waiter);
  }
  reportStuck(pending, new Set(free), reached, problems);
  return free;
}

function reportStuck(
  pending: readonly Pending[],
  free: ReadonlySet<Pending>,
  broken: ReadonlySet<Pending>,
  problems: LinkProblems,
): void {
  const path = ['correlation', 'rules'];
  for (const each of pending) {
    if (free.has(each)) continue;
    if (broken.has(each)) {
      const message = 'it builds on a correlation that is not loaded for its errors';
      problems.add('unknown-rule', each.rule, path, message);
    } else {
      const message = 'its rules refer, directly or over others, to a circle of correlations';
      const hint = 'Let one of them refer to detections only.';
      problems.add('cyclic-reference', each.rule, path, message, hint);
    }
  }
}

function meaningOf(
  { correlation }: CorrelationRule,
  byReference: ReadonlyMap<string, Rule>,
  meanings: ReadonlyMap<string, () => string>,
): string {
  const byName = new Map<string, string>();
  const references = [
    ...correlation.rules,
    ...[...correlation.aliases.values()].flatMap((fields) => [...fields.keys()]),
  ];
  for (const reference of references) {
    const meaning = meanings.get(byReference.get(reference)?.id ?? '');
    if (meaning !== undefined) byName.set(reference, meaning());
  }
  return correlationMeaning(correlation, byName);
}
