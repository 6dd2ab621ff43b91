import type { YamlEntry, YamlFile, YamlMap } from '../base/yaml.ts';
import { quote } from './reporter.ts';
import type { Reporter } from './reporter.ts';

/** A document that may be a rule, after legacy collections are resolved. */
export interface RuleDocument {
  readonly root: YamlMap;
  readonly text: string;
  /** Place of its own first key. */
  readonly offset: number;
  /** False after a duplicate key: good for finding further problems only. */
  readonly isSound: boolean;
}

/**
 * Resolves the legacy `action: global | reset | repeat`: what global documents say is merged under the
 * documents after them, a repeat continues the document before it.
 */
export function ruleDocuments(file: YamlFile, reporter: Reporter): readonly RuleDocument[] {
  for (const { code, offset, message, hint } of file.problems) {
    reporter.report(code, offset, message, hint);
  }
  const documents: RuleDocument[] = [];
  let shared: YamlMap | undefined;
  let previous: YamlMap | undefined;
  for (const { root, text, problems } of file.documents) {
    for (const { code, offset, message, hint } of problems) {
      reporter.report(code, offset, message, hint);
    }
    if (root.kind === 'scalar' && root.value === null) continue;
    if (root.kind !== 'map') {
      reporter.report('not-a-rule', root, `a rule is a map, not a ${root.kind}`);
      continue;
    }
    if (problems.some(({ code }) => code !== 'yaml-duplicate-key')) continue;
    const isSound = problems.length === 0;
    const offset = firstKey(root);
    const action = root.entries.get('action');
    const own = action === undefined ? root : without(root, 'action');
    const word = action === undefined ? 'none' : actionOf(action);
    if (word === 'global') {
      shared = shared === undefined ? own : merge(shared, own);
    } else if (word === 'reset') {
      shared = undefined;
    } else if (word === undefined && action !== undefined) {
      const message = 'action must be global, reset or repeat';
      reporter.report(
        'unknown-action',
        action.keyOffset,
        message,
        'It is a legacy key: leave it out.',
      );
    } else if (isOwnKind(own)) {
      documents.push({ root: own, text, offset, isSound });
    } else {
      const base = word === 'repeat' ? previous : shared;
      const merged = base === undefined ? own : merge(base, own);
      previous = merged;
      documents.push({ root: merged, text, offset, isSound });
    }
  }
  return documents;
}

// Global parts are for detections; a correlation or filter stands for itself.
function isOwnKind(root: YamlMap): boolean {
  return root.entries.has('correlation') || root.entries.has('filter');
}

function firstKey(root: YamlMap): number {
  for (const entry of root.entries.values()) return entry.keyOffset;
  return root.offset;
}

function actionOf({ value }: YamlEntry): 'global' | 'reset' | 'repeat' | undefined {
  if (value.kind !== 'scalar') return undefined;
  return (['global', 'reset', 'repeat'] as const).find((word) => word === value.value);
}

function without(map: YamlMap, key: string): YamlMap {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

// The later document wins; maps merge key by key, everything else is replaced.
function merge(below: YamlMap, above: YamlMap): YamlMap {
  const entries = new Map(below.entries);
  for (const [key, entry] of above.entries) {
    const under = entries.get(key)?.value;
    const value =
      under?.kind === 'map' && entry.value.kind === 'map' ? merge(under, entry.value) : entry.value;
    entries.set(key, { keyOffset: entry.keyOffset, value });
  }
  return { kind: 'map', entries, offset: above.offset };
}

/** Which reader a document needs; undefined if it is none of Sigma's. */
export function documentKind(
  { root }: RuleDocument,
  reporter: Reporter,
): 'detection' | 'correlation' | 'filter' | undefined {
  const kinds = (['detection', 'correlation', 'filter'] as const).filter((kind) =>
    root.entries.has(kind),
  );
  if (kinds.length === 1) return kinds[0];
  if (kinds.length > 1) {
    const message = `a rule cannot have both ${kinds.join(' and ')}`;
    reporter.report('not-a-rule', root, message, 'Put them into documents of their own.');
    return undefined;
  }
  if (root.entries.has('logsource') || root.entries.has('title')) return 'detection';
  const keys = [...root.entries.keys()].slice(0, 5).map(quote).join(', ');
  const message = `no Sigma rule: it has none of detection, correlation and filter, but ${keys}`;
  reporter.report('not-a-rule', root, message);
  return undefined;
}
