import { sensors } from '../../decoders/index.ts';
import { correlationTypes } from '../../language/correlation.ts';
import { levels, statuses } from '../../language/header.ts';
import { modifiers } from '../../language/modifiers/index.ts';
import { ruleSchemas } from '../../language/schema/index.ts';
import { fieldsOfLogsource } from '../catalogue.ts';
import { fieldWords, modifierWords } from '../field-words.ts';
import { knownThreats } from '../lint/threats.ts';
import { contextAt, type CursorContext } from './context.ts';
import type { Workspace } from './workspace.ts';

/** Something that can stand where the cursor is. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'field' | 'modifier' | 'keyword' | 'value' | 'reference' | 'list';
  readonly detail?: string;
  readonly documentation?: string;
  /** What is written before the cursor and stands for it. */
  readonly replaces: string;
}

/** What can stand at a place of a rule file; line and character count from 0. */
export function complete(
  text: string,
  place: { readonly line: number; readonly character: number },
  workspace: Workspace,
): readonly Suggestion[] {
  const context = contextAt(text, place.line, place.character);
  const { path, key, before } = context;
  const [top, ...inner] = path;
  if (top === undefined) return key === undefined ? topKeys(before) : topValues(key, before);
  if (top === 'tags') return tags(before);
  if (top === 'logsource') return key === undefined ? [] : logsourceValues(key, before);
  if (top === 'correlation' || top === 'filter') {
    const name = inner[0] ?? key;
    if (name === 'rules') return references(before, workspace);
    if (name === 'group-by') return fields(before, context);
    if (name === 'type') return values(correlationTypes, before);
    if (top === 'correlation') return key === undefined ? correlationKeys(before) : [];
  }
  if (top === 'detection' || top === 'filter') return inDetection(context, inner, workspace);
  return top === 'fields' ? fields(before, context) : [];
}

function inDetection(
  context: CursorContext,
  inner: readonly string[],
  workspace: Workspace,
): readonly Suggestion[] {
  const { key, before, selections } = context;
  if (inner.length === 0) return key === 'condition' ? conditionWords(before, selections) : [];
  const isPlaceholder =
    before.startsWith('%') || [...inner, key].some((each) => each?.includes('|expand'));
  // A list under a key, or a value behind it.
  if (key !== undefined || inner.length > 1) return isPlaceholder ? lists(before, workspace) : [];
  return before.includes('|') ? modifierNames(before) : fields(before, context);
}

function suggestions(
  labels: readonly string[],
  before: string,
  more: (label: string) => Omit<Suggestion, 'label' | 'replaces'>,
): readonly Suggestion[] {
  const folded = before.toLowerCase();
  return labels
    .filter((label) => label.toLowerCase().includes(folded))
    .map((label) => ({ label, replaces: before, ...more(label) }));
}

function values(labels: readonly string[], before: string): readonly Suggestion[] {
  return suggestions(labels, before, () => ({ kind: 'value' }));
}

function propertiesOf(kind: keyof typeof ruleSchemas): Readonly<Record<string, unknown>> {
  const { properties } = ruleSchemas[kind];
  return typeof properties === 'object' && properties !== null
    ? (properties as Readonly<Record<string, unknown>>)
    : {};
}

/** What the schema says of a key at the top of a rule. */
export function wordsOfKey(key: string): string | undefined {
  for (const kind of ['detection', 'correlation', 'filter'] as const) {
    const own = propertiesOf(kind);
    const schema = Object.hasOwn(own, key) ? own[key] : undefined;
    if (typeof schema !== 'object' || schema === null || !('description' in schema)) continue;
    if (typeof schema.description === 'string') return schema.description;
  }
  return undefined;
}

function topKeys(before: string): readonly Suggestion[] {
  const names = new Set(
    (['detection', 'correlation', 'filter'] as const).flatMap((kind) =>
      Object.keys(propertiesOf(kind)),
    ),
  );
  return suggestions([...names], before, (label) => {
    const documentation = wordsOfKey(label);
    return { kind: 'keyword', ...(documentation === undefined ? {} : { documentation }) };
  });
}

function topValues(key: string, before: string): readonly Suggestion[] {
  if (key === 'level') return values(levels, before);
  return key === 'status' ? values(statuses, before) : [];
}

function correlationKeys(before: string): readonly Suggestion[] {
  return suggestions(
    [
      'type',
      'rules',
      'group-by',
      'timespan',
      'condition',
      'aliases',
      'generate',
      'missing_fields_strategy',
    ],
    before,
    () => ({ kind: 'keyword' }),
  );
}

function logsourceValues(key: string, before: string): readonly Suggestion[] {
  const of = (pick: 'products' | 'categories' | 'services'): readonly string[] =>
    [...new Set(sensors.flatMap(({ serves }) => serves[pick]))].sort();
  if (key === 'product') return values(of('products'), before);
  if (key === 'category') return values(of('categories'), before);
  return key === 'service' ? values(of('services'), before) : [];
}

function fields(before: string, { logsource }: CursorContext): readonly Suggestion[] {
  const known = fieldsOfLogsource(logsource);
  const byName = new Map(known.map((field) => [field.name, field]));
  return suggestions([...byName.keys()], before, (label) => {
    const field = byName.get(label);
    const documentation = Object.hasOwn(fieldWords, label) ? fieldWords[label] : undefined;
    const filled = field?.isComputed === true ? 'computed' : (field?.sensors ?? []).join(' ');
    return {
      kind: 'field',
      detail: filled === '' ? 'no known sensor' : filled,
      ...(documentation === undefined ? {} : { documentation }),
    };
  });
}

function modifierNames(before: string): readonly Suggestion[] {
  const written = before.slice(before.lastIndexOf('|') + 1);
  const names = modifiers.flatMap(({ name, aliases }) => [name, ...aliases]);
  return suggestions(names, written, (label) => {
    const documentation = Object.hasOwn(modifierWords, label) ? modifierWords[label] : undefined;
    return { kind: 'modifier', ...(documentation === undefined ? {} : { documentation }) };
  });
}

function tags(before: string): readonly Suggestion[] {
  const { attack, atlas } = knownThreats();
  const names = new Map(
    Object.entries(attack.techniques).map(([id, name]) => [`attack.${id.toLowerCase()}`, name]),
  );
  for (const id of atlas.techniques) names.set(`atlas.${id.toLowerCase()}`, 'MITRE ATLAS');
  // A technique is looked for by its name as often as by its number.
  const folded = before.toLowerCase();
  return [...names]
    .filter(([tag, name]) => tag.includes(folded) || name.toLowerCase().includes(folded))
    .map(([label, detail]) => ({ label, kind: 'value', detail, replaces: before }));
}

function conditionWords(before: string, selections: readonly string[]): readonly Suggestion[] {
  const written = /[A-Za-z0-9_*]*$/.exec(before)?.[0] ?? '';
  return [
    ...suggestions(selections, written, () => ({ kind: 'reference' })),
    ...suggestions(['and', 'or', 'not', '1 of', 'all of', 'them'], written, () => ({
      kind: 'keyword',
    })),
  ];
}

function references(before: string, workspace: Workspace): readonly Suggestion[] {
  const written = before
    .slice(Math.max(before.lastIndexOf('['), before.lastIndexOf(',')) + 1)
    .trimStart();
  const named = [...workspace.rules.values()].flat().filter(({ kind }) => kind !== 'filter');
  const titles = new Map(named.map(({ name, id, title }) => [name ?? id, title]));
  return suggestions([...titles.keys()], written, (label) => ({
    kind: 'reference',
    detail: titles.get(label) ?? '',
  }));
}

function lists(before: string, workspace: Workspace): readonly Suggestion[] {
  return suggestions(
    workspace.lists.map(({ name }) => `%${name}%`),
    before,
    (label) => {
      const count = workspace.policy.list(label.replaceAll('%', ''))?.length ?? 0;
      return { kind: 'list', detail: `${count} values` };
    },
  );
}
