import type { DocumentContext } from './detection.ts';
import { readConditions, readLogsource } from './detection.ts';
import { normalReference, readHeader } from './header.ts';
import { Keys } from './keys.ts';
import type { Reporter } from './reporter.ts';
import { readSelections } from './selection.ts';
import type { ConditionTree, FilterRule } from './tree.ts';

/** Reads a document with `filter`; undefined after an error (all of them are reported). */
export function readFilter({ keys, source }: DocumentContext): FilterRule | undefined {
  const header = readHeader(keys, source);
  keys.reporter.ruleId = header.id;
  const logsource = readLogsource(keys);
  const filter = keys.map('filter');
  if (filter === undefined) return undefined;
  const rules = readTargets(new Keys(filter, keys.reporter));
  const selections = readSelections(filter, ['condition', 'rules'], keys.reporter);
  if (selections.size === 0) {
    keys.reporter.report('empty-detection', filter, 'the filter has no selection');
    return undefined;
  }
  const conditions = readConditions(filter, [...selections.keys()], keys.reporter);
  const condition = conditions?.[0];
  if (conditions !== undefined && conditions.length > 1) {
    keys.reporter.report('invalid-filter', filter, 'a filter has one condition');
  }
  if (logsource === undefined || rules === undefined || condition === undefined) return undefined;
  warnOfPolarity(condition.tree, filter.entries.get('condition')?.value, keys.reporter);
  return {
    kind: 'filter',
    ...header,
    logsource: logsource.pattern,
    rules,
    selections,
    condition,
    custom: keys.rest(),
  };
}

function readTargets(keys: Keys): readonly string[] | 'any' | undefined {
  const node = keys.required('rules');
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && node.value === 'any') return 'any';
  const targets = keys.texts('rules');
  return targets.length === 0 ? 'any' : targets.map(normalReference);
}

// The specification's example excludes accounts with `condition: selection`, but pySigma and every engine
// that follows it conjoin the condition as written, which keeps only what it selects.
function warnOfPolarity(
  tree: ConditionTree,
  place: { readonly offset: number } | undefined,
  reporter: Reporter,
): void {
  if (place === undefined || hasNot(tree)) return;
  reporter.report(
    'filter-keeps',
    place,
    'the filter keeps only events that it selects, and hides all others of its rules',
    'To exclude what it selects, write `not selection`.',
  );
}

function hasNot(tree: ConditionTree): boolean {
  if (tree.kind === 'not') return true;
  return (tree.kind === 'and' || tree.kind === 'or') && tree.operands.some(hasNot);
}
