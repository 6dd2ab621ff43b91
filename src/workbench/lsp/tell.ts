import { modifiers } from '../../language/modifiers/index.ts';
import { fieldsOfLogsource } from '../catalogue.ts';
import { fieldWords, modifierWords } from '../field-words.ts';
import { knownThreats } from '../lint/threats.ts';
import { wordsOfKey } from './complete.ts';
import { contextAt, wordAt } from './context.ts';
import type { Workspace } from './workspace.ts';

interface CursorPlace {
  readonly line: number;
  readonly character: number;
}

/** What the word at a place means, as Markdown; undefined where nothing is known of it. */
export function tell(text: string, place: CursorPlace, workspace: Workspace): string | undefined {
  const word = wordAt(text, place.line, place.character);
  if (word === '') return undefined;
  const context = contextAt(text, place.line, place.character);
  return (
    tellTag(word) ??
    tellList(word, workspace) ??
    tellReference(word, workspace) ??
    (context.path.length === 0 ? wordsOfKey(word) : undefined) ??
    tellModifier(word, text, place) ??
    tellField(word, context.logsource)
  );
}

function tellTag(word: string): string | undefined {
  const { attack, atlas } = knownThreats();
  const id = word.replace(/^(?:attack|atlas)\./i, '').toUpperCase();
  if (/^attack\./i.test(word) && Object.hasOwn(attack.techniques, id)) {
    const page = `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`;
    return `**${id}** ${attack.techniques[id] ?? ''}\n\n${page}`;
  }
  if (/^attack\./i.test(word) && Object.hasOwn(attack.moved, id)) {
    return `**${id}** has moved to **${attack.moved[id] ?? ''}**.`;
  }
  if (!/^atlas\./i.test(word) || !atlas.techniques.includes(id)) return undefined;
  return `**${id}** of MITRE ATLAS\n\nhttps://atlas.mitre.org/techniques/${id}`;
}

function tellList(word: string, workspace: Workspace): string | undefined {
  const name = /^%([A-Za-z0-9_]+)%$/.exec(word)?.[1];
  if (name === undefined) return undefined;
  const values = workspace.policy.list(name);
  if (values === undefined) return `No list defines **%${name}%**, so the rule is off.`;
  const shown = values.slice(0, 8).map((value) => `- \`${value.replaceAll('`', "'")}\``);
  const more = values.length > shown.length ? [`- and ${values.length - shown.length} more`] : [];
  return [`**%${name}%**: ${values.length} values`, '', ...shown, ...more].join('\n');
}

function tellReference(word: string, workspace: Workspace): string | undefined {
  const rule = workspace.find(word);
  if (rule === undefined) return undefined;
  const description = rule.description?.trim() ?? '';
  return `**${rule.title}** (${rule.level})\n\n${description}`.trim();
}

function tellModifier(word: string, text: string, place: CursorPlace): string | undefined {
  const line = text.split(/\r\n|\r|\n/)[place.line] ?? '';
  if (!line.includes(`|${word}`) || !Object.hasOwn(modifierWords, word)) return undefined;
  const isKnown = modifiers.some(({ name, aliases }) => [name, ...aliases].includes(word));
  return isKnown ? `**|${word}** ${modifierWords[word] ?? ''}` : undefined;
}

function tellField(
  word: string,
  logsource: Parameters<typeof fieldsOfLogsource>[0],
): string | undefined {
  const field = fieldsOfLogsource(logsource).find(({ name }) => name === word);
  const words = Object.hasOwn(fieldWords, word) ? fieldWords[word] : undefined;
  if (field === undefined && words === undefined) return undefined;
  const filled = field?.isComputed === true ? 'computed by Tidegate' : field?.sensors.join(', ');
  const by = filled === undefined || filled === '' ? 'no known sensor of this log source' : filled;
  return `**${word}** ${words ?? ''}\n\nFilled by: ${by}`;
}

/** A place in a file, from 0. */
export interface Definition extends CursorPlace {
  readonly file: string;
}

/** Where the rule or list at a place is defined. */
export function define(
  text: string,
  place: CursorPlace,
  workspace: Workspace,
): Definition | undefined {
  const word = wordAt(text, place.line, place.character);
  const list = workspace.lists.find(({ name }) => `%${name}%` === word);
  if (list !== undefined) return { file: list.file, line: 0, character: 0 };
  const rule = word === '' ? undefined : workspace.find(word);
  if (rule === undefined) return undefined;
  return { file: rule.source.file, line: rule.source.line - 1, character: 0 };
}
