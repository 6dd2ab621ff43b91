import type { YamlEntry, YamlNode, YamlScalar } from '../base/yaml.ts';
import { checkRegex } from './modifiers/regex.ts';
import { findModifier, modifiers } from './modifiers/index.ts';
import { describeDraft } from './modifiers/modifier.ts';
import type { Draft, ValueModifier } from './modifiers/modifier.ts';
import { contains } from './modifiers/position.ts';
import { parsePattern } from './pattern.ts';
import { quote } from './reporter.ts';
import type { Refusal, Reporter } from './reporter.ts';
import type { Expression, Match } from './tree.ts';

interface ItemKey {
  /** Undefined for keywords. */
  readonly field: string | undefined;
  readonly chain: readonly ValueModifier[];
  readonly isAll: boolean;
  readonly isNegated: boolean;
}

// Every modifier is one pass over the values.
const modifiersMax = 10;

/** Reads one `field|modifiers: values` of a selection; undefined after an error. */
export function readItem(
  key: string,
  entry: YamlEntry,
  reporter: Reporter,
): Expression | undefined {
  const parsed = readKey(key, entry.keyOffset, reporter);
  if (parsed === undefined) return undefined;
  const operands: Expression[] = [];
  let isSound = true;
  const values = valuesOf(entry.value, reporter);
  for (const value of values) {
    const operand = readValue(value, parsed, reporter);
    if (operand === undefined) isSound = false;
    else operands.push(operand);
  }
  if (parsed.isAll && values.length === 1) {
    reporter.report('single-all', entry.keyOffset, 'all links values, and there is only one');
  }
  if (!isSound) return undefined;
  const joined = mark(join(parsed.isAll ? 'and' : 'or', operands));
  return parsed.isNegated ? { kind: 'not', operand: joined, item: true } : joined;
}

function mark(expression: Expression): Expression {
  const isJoined = expression.kind === 'and' || expression.kind === 'or';
  return isJoined ? { ...expression, item: true } : expression;
}

/** A keyword without key: searched in every value of the event. */
export function readKeyword(value: YamlScalar, reporter: Reporter): Expression | undefined {
  return readValue(
    value,
    { field: undefined, chain: [], isAll: false, isNegated: false },
    reporter,
  );
}

/** The operands under one `and` or `or`; a single one stands for itself. */
export function join(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const [first] = operands;
  return first !== undefined && operands.length === 1 ? first : { kind, operands };
}

function readKey(key: string, offset: number, reporter: Reporter): ItemKey | undefined {
  const [field = '', ...names] = key.split('|', modifiersMax + 2);
  if (names.length > modifiersMax) {
    reporter.report('invalid-modifier', offset, `more than ${String(modifiersMax)} modifiers`);
    return undefined;
  }
  const chain: ValueModifier[] = [];
  const before: string[] = [];
  let isAll = false;
  let isNegated = false;
  for (const name of names) {
    const modifier = findModifier(name);
    if (modifier === undefined) {
      reporter.report('unknown-modifier', offset, `unknown modifier ${quote(name)}`, nearest(name));
      return undefined;
    }
    if (modifier.kind === 'list') {
      if (modifier.effect === 'and') isAll = true;
      else isNegated = true;
      continue;
    }
    const reason = modifier.refuses?.({ field: field === '' ? undefined : field, before });
    if (reason !== undefined) {
      reporter.report('invalid-modifier', offset, `the modifier ${modifier.name} ${reason}`);
      return undefined;
    }
    before.push(modifier.name);
    chain.push(modifier);
  }
  if (chain.some(({ name }) => name === 'exists') && (isAll || isNegated)) {
    const message = 'the modifier exists cannot be combined with other modifiers';
    reporter.report('invalid-modifier', offset, message);
    return undefined;
  }
  if (before.includes('base64offset') && before.at(-1) === 'base64offset') {
    const message = 'base64offset without contains only matches when it is the whole value';
    reporter.report('base64offset-alone', offset, message, 'Write base64offset|contains.');
  }
  return { field: field === '' ? undefined : field, chain, isAll, isNegated };
}

function nearest(name: string): string {
  const lower = name.toLowerCase();
  const names = modifiers.flatMap((modifier) => [modifier.name, ...modifier.aliases]);
  const found = names.find((known) => known === lower || (lower !== '' && known.startsWith(lower)));
  return found === undefined ? `Known are ${names.join(', ')}.` : `Did you mean ${found}?`;
}

function valuesOf(node: YamlNode, reporter: Reporter): readonly YamlNode[] {
  if (node.kind !== 'list') return [node];
  if (node.items.length === 0) {
    reporter.report('empty-list', node, 'an empty list is read as null', 'Write null, or a value.');
    return [{ kind: 'scalar', value: null, text: '', offset: node.offset }];
  }
  if (node.items.length > 1) {
    for (const item of node.items) {
      if (item.kind !== 'scalar' || item.value !== null) continue;
      reporter.report(
        'null-in-list',
        item,
        'null stands among other values',
        'Use two selections.',
      );
    }
  }
  return node.items;
}

function readValue(node: YamlNode, key: ItemKey, reporter: Reporter): Expression | undefined {
  if (node.kind !== 'scalar') {
    const kind = node.kind === 'map' ? 'a map' : 'a list inside a list';
    reporter.report('invalid-value', node, `${kind} cannot be a value`, 'Put it into a selection.');
    return undefined;
  }
  let draft = firstDraft(node, key, reporter);
  for (const modifier of key.chain) {
    const changed = apply(modifier, draft);
    if ('refusal' in changed) {
      reporter.refuse(node, changed.refusal);
      return undefined;
    }
    if (draft.kind === 'number' && changed.kind === 'text') {
      reporter.report('number-as-text', node, `${modifier.name} compares the number as text`);
    }
    draft = changed;
  }
  const built = build(draft, key, reporter);
  if ('code' in built) {
    reporter.refuse(node, built);
    return undefined;
  }
  return built;
}

function firstDraft(node: YamlScalar, key: ItemKey, reporter: Reporter): Draft {
  const { value } = node;
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value !== 'string') return { kind: 'number', value };
  const { pattern, isSuspicious } = parsePattern(value);
  const takesRaw = key.chain[0]?.name === 're';
  if (isSuspicious && !takesRaw) {
    const message = `a backslash makes a wildcard of ${quote(value)} a plain character`;
    reporter.report(
      'escaped-wildcard',
      node,
      message,
      'Write \\\\* for a backslash before a wildcard.',
    );
  }
  return { kind: 'text', pattern, cased: false, raw: value, bytes: false };
}

function apply(modifier: ValueModifier, draft: Draft): Draft | { readonly refusal: Refusal } {
  if (draft.kind === 'any') {
    const drafts: Draft[] = [];
    for (const each of draft.drafts) {
      const changed = apply(modifier, each);
      if ('refusal' in changed) return changed;
      drafts.push(changed);
    }
    return { kind: 'any', drafts };
  }
  const changed = modifier.change(draft);
  if (changed !== undefined) return changed;
  const message = `the modifier ${modifier.name} does not apply to ${describeDraft(draft)}`;
  return { refusal: { code: 'invalid-value', message } };
}

function build(draft: Draft, key: ItemKey, reporter: Reporter): Expression | Refusal {
  if (draft.kind === 'any') {
    const operands: Expression[] = [];
    for (const each of draft.drafts) {
      const operand = build(each, key, reporter);
      if ('code' in operand) return operand;
      operands.push(operand);
    }
    return join('or', operands);
  }
  if (key.field === undefined) return buildKeyword(draft, key, reporter);
  if (draft.kind === 'exists')
    return { kind: 'exists', field: key.field, expected: draft.expected };
  const match = finish(draft, reporter);
  return 'code' in match ? match : { kind: 'field', field: key.field, match };
}

const positions: readonly string[] = ['contains', 'startswith', 'endswith'];

// A keyword is searched inside values, numbers by their text, unless a modifier places it.
function buildKeyword(
  draft: Exclude<Draft, { readonly kind: 'any' }>,
  key: ItemKey,
  reporter: Reporter,
): Expression | Refusal {
  if (draft.kind === 'null' || draft.kind === 'exists') {
    return { code: 'invalid-value', message: `${describeDraft(draft)} cannot be a keyword` };
  }
  const isPlaced = key.chain.some(({ name }) => positions.includes(name));
  let placed: Draft = draft;
  if (draft.kind === 'boolean') {
    const text = String(draft.value);
    const pattern = [{ kind: 'literal' as const, text }];
    placed = { kind: 'text', pattern, cased: false, raw: text, bytes: false };
  }
  if (!isPlaced && ['text', 'number', 'placeholder'].includes(placed.kind)) {
    const changed = apply(contains, placed);
    if ('refusal' in changed) return changed.refusal;
    placed = changed;
  }
  if (placed.kind === 'any' || placed.kind === 'exists') return { kind: 'or', operands: [] };
  const match = finish(placed, reporter);
  return 'code' in match ? match : { kind: 'keyword', match };
}

function finish(
  draft: Exclude<Draft, { readonly kind: 'any' | 'exists' }>,
  reporter: Reporter,
): Match | Refusal {
  if (draft.kind === 'text') return { kind: 'text', pattern: draft.pattern, cased: draft.cased };
  if (draft.kind === 'regex') return checkRegex(draft, reporter) ?? draft;
  return draft;
}
