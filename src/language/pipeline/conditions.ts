import { RE2JS } from 're2js';

import type { LogsourcePattern } from '../../event/logsource.ts';
import { definedOnly } from '../header.ts';
import { levels } from '../level.ts';
import type { Keys } from '../keys.ts';
import { covers } from '../link-filters.ts';
import { parsePattern } from '../pattern.ts';
import { quote } from '../reporter.ts';
import type { Expression, Rule } from '../tree.ts';
import { fieldsOf, itemsOf, leavesOf, textOf } from '../walk.ts';
import type { TestReader } from './gate.ts';
import type { FieldTest, ItemTest, RuleTest } from './pipeline.ts';

/** Conditions on rules. */
export const ruleTests: ReadonlyMap<string, TestReader<RuleTest>> = new Map<
  string,
  TestReader<RuleTest>
>([
  ['logsource', readLogsource],
  ['contains_field', readContainsField],
  ['contains_detection_item', readContainsItem],
  [
    'is_sigma_rule',
    () =>
      ({ rule }) =>
        rule.kind === 'detection',
  ],
  [
    'is_sigma_correlation_rule',
    () =>
      ({ rule }) =>
        rule.kind === 'correlation',
  ],
  ['rule_attribute', readAttribute],
  ['tag', readTag],
  ['processing_state', (keys) => stateTest(keys)],
  ['processing_item_applied', readRuleApplied],
]);

/** Conditions on detection items. */
export const itemTests: ReadonlyMap<string, TestReader<ItemTest>> = new Map<
  string,
  TestReader<ItemTest>
>([
  ['match_string', readMatchString],
  ['is_null', (keys) => overValues(keys, (leaf) => matchKind(leaf) === 'null')],
  ['contains_wildcard', (keys) => overValues(keys, hasWildcard)],
  ['processing_state', (keys) => itemStateTest(keys)],
  ['processing_item_applied', readItemApplied],
]);

/** Conditions on field names. */
export const fieldTests: ReadonlyMap<string, TestReader<FieldTest>> = new Map<
  string,
  TestReader<FieldTest>
>([
  ['include_fields', (keys) => readFieldNames(keys, true)],
  ['exclude_fields', (keys) => readFieldNames(keys, false)],
  ['processing_state', (keys) => fieldStateTest(keys)],
  ['processing_item_applied', readFieldApplied],
]);

function readLogsource(keys: Keys): RuleTest {
  const pattern: LogsourcePattern = definedOnly({
    product: keys.text('product', 256),
    category: keys.text('category', 256),
    service: keys.text('service', 256),
  });
  return ({ logsources }) => logsources.some((logsource) => covers(pattern, logsource));
}

function readContainsField(keys: Keys): RuleTest | undefined {
  keys.required('field');
  const field = keys.text('field', 256);
  if (field === undefined) return undefined;
  return ({ rule }) => expressionsOf(rule).some((expression) => fieldsOf(expression).has(field));
}

function readContainsItem(keys: Keys): RuleTest | undefined {
  keys.required('field');
  keys.required('value');
  const field = keys.text('field', 256);
  const value = keys.text('value', 65_535);
  if (field === undefined || value === undefined) return undefined;
  const pattern = parsePattern(value).pattern;
  const wanted = textOf({ kind: 'keyword', match: { kind: 'text', pattern, cased: false } });
  return ({ rule }) =>
    expressionsOf(rule).some((expression) =>
      itemsOf(expression).some(
        (item) =>
          item.field === field && leavesOf(item.expression).some((leaf) => textOf(leaf) === wanted),
      ),
    );
}

function expressionsOf(rule: Rule): readonly Expression[] {
  return rule.kind === 'correlation' ? [] : [...rule.selections.values()];
}

function readAttribute(keys: Keys): RuleTest | undefined {
  keys.required('attribute');
  keys.required('value');
  const attribute = keys.text('attribute', 256) ?? '';
  const value = keys.text('value', 65_535) ?? '';
  const operator =
    keys.word('op', ['eq', 'ne', 'gte', 'gt', 'lte', 'lt'], 'invalid-pipeline') ?? 'eq';
  return ({ rule }) => {
    const found = attributeOf(rule, attribute);
    if (found === undefined) return false;
    if (operator === 'eq') return found === value;
    if (operator === 'ne') return found !== value;
    const order = compare(attribute, found, value);
    if (operator === 'gte') return order >= 0;
    if (operator === 'gt') return order > 0;
    return operator === 'lte' ? order <= 0 : order < 0;
  };
}

function attributeOf(rule: Rule, attribute: string): string | undefined {
  const known: Readonly<Record<string, string | undefined>> = {
    id: rule.id,
    name: rule.name,
    title: rule.title,
    status: rule.status,
    level: rule.level,
    author: rule.author,
    date: rule.date,
    modified: rule.modified,
    taxonomy: rule.taxonomy ?? 'sigma',
  };
  if (Object.hasOwn(known, attribute)) return known[attribute];
  const custom = rule.custom.get(attribute);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof custom);
  return isPlain ? String(custom as string | number | boolean) : undefined;
}

function compare(attribute: string, left: string, right: string): number {
  if (attribute === 'level')
    return (
      levels.findIndex((level) => level === left) - levels.findIndex((level) => level === right)
    );
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return left < right ? -1 : left > right ? 1 : 0;
}

function readTag(keys: Keys): RuleTest | undefined {
  keys.required('tag');
  const tag = keys.text('tag', 256);
  return tag === undefined ? undefined : ({ rule }) => rule.tags.includes(tag);
}

function stateTest(keys: Keys): RuleTest | undefined {
  keys.required('key');
  keys.required('val');
  const key = keys.text('key', 256);
  const value = keys.text('val', 65_535);
  const operator = keys.word('op', ['eq', 'ne'], 'invalid-pipeline') ?? 'eq';
  if (key === undefined || value === undefined) return undefined;
  return ({ state }) => {
    const found = state.get(key);
    return found !== undefined && (found === value) === (operator === 'eq');
  };
}

function itemStateTest(keys: Keys): ItemTest | undefined {
  const test = stateTest(keys);
  return test === undefined ? undefined : (_item, run) => test(run);
}

function fieldStateTest(keys: Keys): FieldTest | undefined {
  const test = stateTest(keys);
  return test === undefined ? undefined : (_field, run) => test(run);
}

function readStepId(keys: Keys): string | undefined {
  keys.required('processing_item_id');
  return keys.text('processing_item_id', 256);
}

function readRuleApplied(keys: Keys): RuleTest | undefined {
  const id = readStepId(keys);
  return id === undefined ? undefined : ({ applied }) => applied.has(id);
}

function readItemApplied(keys: Keys): ItemTest | undefined {
  const id = readStepId(keys);
  if (id === undefined) return undefined;
  return ({ expression }, { appliedToItem }) => appliedToItem.get(expression)?.has(id) ?? false;
}

function readFieldApplied(keys: Keys): FieldTest | undefined {
  const id = readStepId(keys);
  if (id === undefined) return undefined;
  return (field, { appliedToField }) => appliedToField.get(field ?? '')?.has(id) ?? false;
}

function readMatchString(keys: Keys): ItemTest | undefined {
  const pattern = readPattern(keys, 'pattern');
  const isNegated = keys.flag('negate') ?? false;
  const test = overValues(keys, (leaf) => {
    const text = textOf(leaf);
    return text !== undefined && pattern?.matcher(text).lookingAt() !== isNegated;
  });
  return pattern === undefined ? undefined : test;
}

/** `cond: any` or `all` over the values of an item. */
function overValues(keys: Keys, holds: (leaf: Expression) => boolean): ItemTest {
  const quantifier = keys.word('cond', ['any', 'all'], 'invalid-pipeline') ?? 'any';
  return ({ expression }) => {
    const leaves = leavesOf(expression);
    return quantifier === 'any' ? leaves.some(holds) : leaves.every(holds);
  };
}

function matchKind(leaf: Expression): string | undefined {
  return leaf.kind === 'field' || leaf.kind === 'keyword' ? leaf.match.kind : undefined;
}

function hasWildcard(leaf: Expression): boolean {
  if (leaf.kind !== 'field' && leaf.kind !== 'keyword') return false;
  const { match } = leaf;
  return (
    match.kind === 'text' && match.pattern.some(({ kind }) => kind === 'many' || kind === 'one')
  );
}

function readFieldNames(keys: Keys, isIncluded: boolean): FieldTest | undefined {
  keys.required('fields');
  const names = keys.texts('fields');
  const mode = keys.word('mode', ['plain', 're'], 'invalid-pipeline') ?? 'plain';
  if (mode === 'plain') {
    const known = new Set(names);
    return (field) => (field !== undefined && known.has(field)) === isIncluded;
  }
  const patterns: RE2JS[] = [];
  for (const name of names) {
    const pattern = compile(name);
    if (pattern !== undefined) patterns.push(pattern);
    else reportPattern(keys, name);
  }
  return (field) =>
    (field !== undefined && patterns.some((pattern) => pattern.matcher(field).lookingAt())) ===
    isIncluded;
}

/** A regular expression from a pipeline; RE2's, like those of rules. */
export function readPattern(keys: Keys, key: string): RE2JS | undefined {
  keys.required(key);
  const text = keys.text(key, 4096);
  if (text === undefined) return undefined;
  const pattern = compile(text);
  if (pattern === undefined) reportPattern(keys, text);
  return pattern;
}

function compile(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch {
    return undefined;
  }
}

function reportPattern(keys: Keys, text: string): void {
  const message = `not an RE2 regular expression: ${quote(text)}`;
  keys.reporter.report('invalid-pipeline', keys.offset, message);
}
