import type { YamlMap } from '../base/yaml.ts';
import { parseCondition } from './condition.ts';
import type { DocumentContext } from './detection.ts';
import {
  definedOnly,
  normalReference,
  readDuration,
  readHeader,
  readMissingFields,
  readSuppress,
  refuseExtension,
} from './header.ts';
import { Keys } from './keys.ts';
import { quote } from './reporter.ts';
import type {
  Correlation,
  CorrelationBound,
  CorrelationCondition,
  CorrelationRule,
  CorrelationType,
} from './tree.ts';

/** The types of correlations; `first_seen` is ours. */
export const correlationTypes: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
  'first_seen',
];

const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

/** Reads a document with `correlation`; undefined after an error (all of them are reported). */
export function readCorrelation(context: DocumentContext): CorrelationRule | undefined {
  const { keys, source, isPortable } = context;
  const header = readHeader(keys, source);
  keys.reporter.ruleId = header.id;
  // Correlations may carry a log source in legacy files; they have none of their own.
  const map = keys.map('correlation');
  const correlation = map === undefined ? undefined : readBody(map, context);
  const suppress = readSuppress(keys, isPortable);
  if (correlation === undefined) return undefined;
  return {
    kind: 'correlation',
    ...header,
    correlation,
    ...definedOnly({ suppress }),
    custom: keys.rest(),
  };
}

function readBody(map: YamlMap, context: DocumentContext): Correlation | undefined {
  const keys = new Keys(map, context.keys.reporter);
  keys.required('type');
  keys.required('timespan');
  const type = keys.word('type', correlationTypes, 'invalid-correlation');
  const typeEntry = keys.entry('type');
  if (type === 'first_seen' && context.isPortable && typeEntry !== undefined) {
    refuseExtension(keys, 'first_seen', typeEntry);
  }
  const named = keys.texts('rules').map(normalReference);
  const groupBy = keys.texts('group-by');
  const timespanMs = readDuration(keys, 'timespan');
  const aliases = readAliases(keys);
  const generate = keys.flag('generate') ?? false;
  const missingFields = readMissingFields(keys, context.isPortable) ?? 'drop';
  keys.entry('condition');
  const read = type === undefined ? undefined : readCondition(keys, type, named);
  keys.refuseRest('invalid-correlation');
  if (read === undefined || type === undefined || timespanMs === undefined) return undefined;
  if (read.rules.length === 0) {
    keys.reporter.report('missing-key', map, 'the key "rules" is missing or empty');
    return undefined;
  }
  return {
    type,
    rules: read.rules,
    groupBy,
    timespanMs,
    condition: read.condition,
    aliases,
    generate,
    missingFields,
  };
}

function readAliases(keys: Keys): Correlation['aliases'] {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  const map = keys.map('aliases');
  if (map === undefined) return aliases;
  for (const [alias, entry] of map.entries) {
    const fields = new Map<string, string>();
    if (entry.value.kind !== 'map') {
      const message = `the alias ${quote(alias)} must map rule names to fields`;
      keys.reporter.report('wrong-type', entry.value, message);
      continue;
    }
    const inner = new Keys(entry.value, keys.reporter);
    for (const rule of entry.value.entries.keys()) {
      const field = inner.text(rule, 256);
      if (field !== undefined) fields.set(normalReference(rule), field);
    }
    aliases.set(alias, fields);
  }
  return aliases;
}

interface ReadCondition {
  readonly condition: CorrelationCondition;
  readonly rules: readonly string[];
}

function readCondition(
  keys: Keys,
  type: CorrelationType,
  rules: readonly string[],
): ReadCondition | undefined {
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const node = keys.node('condition');
  if (node === undefined) {
    if (!isTemporal) {
      keys.required('condition');
      return undefined;
    }
    // Without a condition all of them must fire (pySigma: count >= number of rules). In a sequence
    // one rule may be several steps.
    const value = type === 'temporal' ? new Set(rules).size : rules.length;
    const bounds = [{ operator: 'gte', value }] as const;
    return { condition: { kind: 'threshold', bounds, fields: [] }, rules };
  }
  if (node.kind === 'map') return readThreshold(new Keys(node, keys.reporter), type, rules);
  if (node.kind === 'scalar' && typeof node.value === 'string' && isTemporal) {
    return readExpression(keys, node, rules);
  }
  const expected = isTemporal ? 'a map of operators, or an expression over rules' : 'a map';
  keys.reporter.report('wrong-type', node, `"condition" of ${type} must be ${expected}`);
  return undefined;
}

function readExpression(
  keys: Keys,
  node: { readonly text: string; readonly offset: number },
  listed: readonly string[],
): ReadCondition | undefined {
  const { reporter } = keys;
  const words = node.text.match(/[A-Za-z0-9_-]+/g) ?? [];
  const written = [...new Set(words)].filter((word) => !['and', 'or', 'not'].includes(word));
  const rules = listed.length > 0 ? listed : written.map(normalReference);
  const parsed = parseCondition(node.text, rules, { hasSelectors: false });
  for (const problem of parsed.problems) {
    reporter.refuse(reporter.inside(node, problem.index), problem);
  }
  if (parsed.tree === undefined) return undefined;
  const unused = rules.filter((rule) => !parsed.used.has(rule));
  for (const rule of unused) {
    const message = `the expression does not use the rule ${quote(rule)}`;
    reporter.report('invalid-correlation', node, message, 'Use it, or take it out of rules.');
  }
  if (unused.length > 0) return undefined;
  return { condition: { kind: 'expression', tree: parsed.tree, text: node.text }, rules };
}

function readThreshold(
  keys: Keys,
  type: CorrelationType,
  rules: readonly string[],
): ReadCondition | undefined {
  const errors = keys.reporter.errors;
  const bounds: CorrelationBound[] = [];
  for (const operator of operators) {
    const value = readNumber(keys, operator);
    if (value !== undefined) bounds.push({ operator, value });
  }
  const fields = keys.texts('field');
  const percentile = readNumber(keys, 'percentile');
  keys.refuseRest('invalid-correlation');
  if (keys.reporter.errors > errors) return undefined;
  const fault = thresholdFault({ type, bounds, fields, percentile });
  if (fault !== undefined) {
    keys.reporter.report('invalid-correlation', keys.offset, fault.message, fault.hint);
    return undefined;
  }
  const condition = { kind: 'threshold', bounds, fields, ...definedOnly({ percentile }) } as const;
  return { condition, rules };
}

function readNumber(keys: Keys, key: string): number | undefined {
  const node = keys.node(key);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'number') return node.value;
  keys.reporter.report('wrong-type', node, `${quote(key)} must be a number`);
  return undefined;
}

interface Threshold {
  readonly type: CorrelationType;
  readonly bounds: readonly CorrelationBound[];
  readonly fields: readonly string[];
  readonly percentile: number | undefined;
}

function thresholdFault({
  type,
  bounds,
  fields,
  percentile,
}: Threshold): { readonly message: string; readonly hint?: string } | undefined {
  const needsField = type.startsWith('value_') || type === 'first_seen';
  if (needsField && fields.length === 0) {
    return { message: `${type} needs the field whose values it looks at`, hint: 'Add field.' };
  }
  if (needsField && type !== 'value_count' && type !== 'first_seen' && fields.length > 1) {
    return { message: `${type} takes one field`, hint: 'Only value_count takes several.' };
  }
  if (!needsField && fields.length > 0) return { message: `${type} takes no field` };
  if (type === 'first_seen') {
    if (bounds.length === 0) return undefined;
    return { message: 'first_seen takes no threshold', hint: 'It fires once for each new value.' };
  }
  if (bounds.length === 0) {
    return { message: 'the condition has no threshold', hint: `Use ${operators.join(', ')}.` };
  }
  if (type !== 'value_percentile') {
    return percentile === undefined ? undefined : { message: `${type} takes no percentile` };
  }
  if (percentile !== undefined && percentile >= 0 && percentile <= 100) return undefined;
  return {
    message: 'value_percentile needs percentile, a number from 0 to 100',
    hint: 'percentile: 95 compares the value below which 95 % of the values lie.',
  };
}
