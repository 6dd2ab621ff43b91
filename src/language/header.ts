import type { YamlEntry } from '../base/yaml.ts';
import { parseDurationMs } from '../base/duration.ts';
import { levels } from './level.ts';
import { Keys } from './keys.ts';
import { quote } from './reporter.ts';
import type { RuleHeader, RuleSource, Status, Suppression } from './tree.ts';

export { levels };

/** The statuses, best proven first. */
export const statuses: readonly Status[] = [
  'stable',
  'test',
  'experimental',
  'deprecated',
  'unsupported',
];

const relations = ['derived', 'obsolete', 'merged', 'renamed', 'similar', 'correlation'] as const;

// Sigma's tags appendix (v2.1.0). Tactics are not listed: SigmaHQ already uses newer ones than it.
// Sigma's own namespaces, and MITRE ATLAS (`atlas.aml.t0086`), which has no place in Sigma's list yet.
const namespaces: readonly string[] = [
  'attack',
  'atlas',
  'car',
  'cve',
  'd3fend',
  'detection',
  'stp',
  'tlp',
];

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const titleMax = 256;
const textMax = 65_535;

/** Reads what all kinds of rules carry, except the custom keys, which are known only at the end. */
export function readHeader(keys: Keys, source: RuleSource): Omit<RuleHeader, 'custom'> {
  keys.required('title');
  const title = keys.text('title', titleMax) ?? '';
  const name = keys.text('name', titleMax);
  const optional = {
    name,
    status: keys.word('status', statuses, 'invalid-status'),
    description: keys.text('description', textMax),
    author: keys.text('author', textMax),
    license: keys.text('license', titleMax),
    date: readDate(keys, 'date'),
    modified: readDate(keys, 'modified'),
    taxonomy: keys.text('taxonomy', titleMax),
  };
  return {
    id: readId(keys, name, title),
    title,
    ...definedOnly(optional),
    references: keys.texts('references'),
    tags: readTags(keys),
    falsepositives: keys.texts('falsepositives'),
    fields: keys.texts('fields'),
    // A rule that does not grade itself is neither hidden nor shouted.
    level: keys.word('level', levels, 'invalid-level') ?? 'medium',
    related: readRelated(keys),
    ...(keys.has('scope') ? { scope: keys.texts('scope') } : {}),
    source,
  };
}

/** Our extension `suppress: 1h`, or with `duration` and `by`. */
export function readSuppress(keys: Keys, isPortable: boolean): Suppression | undefined {
  const entry = keys.entry('suppress');
  if (entry === undefined) return undefined;
  if (isPortable) return refuseExtension(keys, 'suppress', entry);
  const { value } = entry;
  if (value.kind !== 'map') {
    const durationMs = readDuration(keys, 'suppress');
    return durationMs === undefined ? undefined : { durationMs, by: [] };
  }
  const inner = new Keys(value, keys.reporter);
  inner.required('duration');
  const durationMs = readDuration(inner, 'duration');
  const by = inner.texts('by');
  inner.refuseRest('invalid-value');
  return durationMs === undefined ? undefined : { durationMs, by };
}

/** Our extension `missing_fields_strategy: drop | group`. */
export function readMissingFields(keys: Keys, isPortable: boolean): 'drop' | 'group' | undefined {
  const entry = keys.entry('missing_fields_strategy');
  if (entry === undefined) return undefined;
  if (isPortable) return refuseExtension(keys, 'missing_fields_strategy', entry);
  return keys.word('missing_fields_strategy', ['drop', 'group'], 'invalid-value');
}

/** A timespan in Sigma's notation, above zero. */
export function readDuration(keys: Keys, key: string): number | undefined {
  const node = keys.node(key);
  if (node === undefined) return undefined;
  const text = node.kind === 'scalar' ? node.text : '';
  const parsed = text.endsWith('ms') ? undefined : parseDurationMs(text);
  if (parsed !== undefined && parsed > 0) return parsed;
  const message = `${quote(key)} is not a timespan: ${quote(text)}`;
  const hint = 'Write a whole number and one of s, m, h, d, w, M, y, as in 15m.';
  keys.reporter.report('invalid-timespan', node, message, hint);
  return undefined;
}

/** Says that a rule must do without this key. */
export function refuseExtension(keys: Keys, name: string, entry: YamlEntry): undefined {
  const message = `${quote(name)} is an extension of Tidegate, and the rule must be portable`;
  keys.reporter.report('extension', entry.keyOffset, message);
}

/** A reference to a rule in the form of rules' ids: UUIDs in lower case, names as they are. */
export function normalReference(text: string): string {
  return uuid.test(text) ? text.toLowerCase() : text;
}

/** An object without the keys whose value is undefined. */
export function definedOnly<T extends object>(
  values: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined: Partial<T> = {};
  for (const key in values) {
    if (values[key] !== undefined) defined[key] = values[key];
  }
  return defined as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

function readId(keys: Keys, name: string | undefined, title: string): string {
  const node = keys.node('id');
  if (node === undefined) {
    const id = name ?? slug(title);
    const message = `without an id the rule's alerts are named after ${quote(id)}`;
    keys.reporter.report('missing-id', keys.offset, message, 'Give it a UUID.');
    return id;
  }
  const text = node.kind === 'scalar' ? node.text : '';
  if (uuid.test(text)) return text.toLowerCase();
  keys.reporter.report('invalid-id', node, `${quote(text)} is not a UUID`);
  return text;
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function readDate(keys: Keys, key: string): string | undefined {
  const text = keys.text(key, titleMax);
  const node = keys.node(key);
  if (text === undefined || node === undefined) return undefined;
  const found = /^([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})$/.exec(text);
  const days = monthDays[Number(found?.[3]) - 1] ?? 0;
  const day = Number(found?.[4]);
  if (found === null || day < 1 || day > days) {
    keys.reporter.report(
      'invalid-date',
      node,
      `${quote(key)} is ${quote(text)}`,
      'Write YYYY-MM-DD.',
    );
    return undefined;
  }
  if (found[2] === '/') {
    keys.reporter.report('old-date', node, `${quote(key)} has slashes`, 'Write YYYY-MM-DD.');
  }
  return text.replaceAll('/', '-');
}

function readTags(keys: Keys): readonly string[] {
  const tags = keys.texts('tags');
  const node = keys.node('tags');
  if (node === undefined) return tags;
  for (const [index, tag] of tags.entries()) {
    const place = node.kind === 'list' ? (node.items[index] ?? node) : node;
    const namespace = tag.split('.', 1)[0] ?? '';
    if (!tag.includes('.')) {
      keys.reporter.report('invalid-tag', place, `the tag ${quote(tag)} has no namespace`);
    } else if (!/^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag)) {
      keys.reporter.report('odd-tag', place, `the tag ${quote(tag)} has unusual characters`);
    } else if (!namespaces.includes(namespace)) {
      const hint = `Sigma knows ${namespaces.join(', ')}.`;
      keys.reporter.report('odd-tag', place, `unknown tag namespace ${quote(namespace)}`, hint);
    }
  }
  return tags;
}

function readRelated(keys: Keys): RuleHeader['related'] {
  const node = keys.node('related');
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  const related: { readonly id: string; readonly type: string }[] = [];
  for (const item of items) {
    const map = item.kind === 'map' ? item.entries : undefined;
    const id = map?.get('id')?.value;
    const type = map?.get('type')?.value;
    const relation = relations.find((name) => type?.kind === 'scalar' && type.text === name);
    if (id?.kind !== 'scalar' || !uuid.test(id.text) || relation === undefined) {
      const message = 'a related rule is given by its id (a UUID) and the type of the relation';
      keys.reporter.report('invalid-related', item, message, `Types: ${relations.join(', ')}.`);
    } else {
      related.push({ id: id.text.toLowerCase(), type: relation });
    }
  }
  return related;
}
