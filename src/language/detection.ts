import type { LogsourcePattern } from '../event/logsource.ts';
import type { YamlMap, YamlNode } from '../base/yaml.ts';
import { parseCondition } from './condition.ts';
import { definedOnly, readHeader, readMissingFields, readSuppress } from './header.ts';
import { Keys } from './keys.ts';
import { quote } from './reporter.ts';
import type { Reporter } from './reporter.ts';
import { readSelections } from './selection.ts';
import type { Condition, DetectionRule, Expression, RuleSource } from './tree.ts';

/** What a reader of one kind of document is given. */
export interface DocumentContext {
  readonly keys: Keys;
  readonly source: RuleSource;
  readonly isPortable: boolean;
}

/** Reads a document with `detection`; undefined after an error (all of them are reported). */
export function readDetection(context: DocumentContext): DetectionRule | undefined {
  const { keys, source, isPortable } = context;
  const header = readHeader(keys, source);
  keys.reporter.ruleId = header.id;
  const logsource = readLogsource(keys);
  keys.required('detection');
  const detection = keys.map('detection');
  const read = detection === undefined ? undefined : readBody(detection, keys.reporter);
  const optional = {
    logsourceNotes: logsource?.notes,
    suppress: readSuppress(keys, isPortable),
    missingFields: readMissingFields(keys, isPortable),
  };
  if (logsource === undefined || read === undefined) return undefined;
  return {
    kind: 'detection',
    ...header,
    logsource: logsource.pattern,
    selections: read.selections,
    conditions: read.conditions,
    ...definedOnly(optional),
    custom: keys.rest(),
  };
}

/** Reads `logsource`; a note alone (`definition`) says nothing about what can match. */
export function readLogsource(
  keys: Keys,
):
  | { readonly pattern: LogsourcePattern; readonly notes?: ReadonlyMap<string, unknown> }
  | undefined {
  keys.required('logsource');
  const map = keys.map('logsource');
  if (map === undefined) return undefined;
  const inner = new Keys(map, keys.reporter);
  const pattern: LogsourcePattern = definedOnly({
    product: inner.text('product', 256),
    category: inner.text('category', 256),
    service: inner.text('service', 256),
  });
  if (Object.keys(pattern).length === 0) {
    const message = 'the log source names no category, product or service';
    keys.reporter.report('empty-logsource', map, message);
    return undefined;
  }
  const notes = inner.rest();
  return notes.size === 0 ? { pattern } : { pattern, notes };
}

interface DetectionBody {
  readonly selections: ReadonlyMap<string, Expression>;
  readonly conditions: readonly Condition[];
}

function readBody(map: YamlMap, reporter: Reporter): DetectionBody | undefined {
  const selections = readSelections(map, ['condition', 'timeframe'], reporter);
  const timeframe = map.entries.get('timeframe');
  if (timeframe !== undefined) {
    const message = 'timeframe is ignored: it belonged to aggregations in conditions';
    reporter.report('legacy-timeframe', timeframe.keyOffset, message, 'Write a correlation.');
  }
  if (selections.size === 0) {
    reporter.report('empty-detection', map, 'the detection has no selection');
    return undefined;
  }
  const conditions = readConditions(map, [...selections.keys()], reporter);
  return conditions === undefined ? undefined : { selections, conditions };
}

/** Reads `condition`, one or a list, over these selections, and warns of selections that none uses. */
export function readConditions(
  map: YamlMap,
  names: readonly string[],
  reporter: Reporter,
): readonly Condition[] | undefined {
  const node = map.entries.get('condition')?.value;
  if (node === undefined) {
    reporter.report('missing-key', map, 'the key "condition" is missing');
    return undefined;
  }
  const nodes = node.kind === 'list' ? node.items : [node];
  const conditions: Condition[] = [];
  const used = new Set<string>();
  for (const each of nodes) {
    const condition = readCondition(each, names, used, reporter);
    if (condition !== undefined) conditions.push(condition);
  }
  if (nodes.length === 0) reporter.report('wrong-type', node, 'there is no condition');
  if (conditions.length === 0 || conditions.length < nodes.length) return undefined;
  for (const name of names) {
    const entry = map.entries.get(name);
    if (used.has(name) || name.startsWith('_') || entry === undefined) continue;
    const message = `the selection ${quote(name)} is not used`;
    reporter.report('unused-selection', entry.keyOffset, message, 'Remove it, or begin it with _.');
  }
  return conditions;
}

function readCondition(
  node: YamlNode,
  names: readonly string[],
  used: Set<string>,
  reporter: Reporter,
): Condition | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    reporter.report('wrong-type', node, 'a condition must be a text');
    return undefined;
  }
  const parsed = parseCondition(node.value, names);
  for (const problem of parsed.problems) {
    reporter.refuse(reporter.inside(node, problem.index), problem);
  }
  for (const name of parsed.used) used.add(name);
  return parsed.tree === undefined ? undefined : { text: node.value, tree: parsed.tree };
}
