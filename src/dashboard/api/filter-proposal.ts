import { createHash } from 'node:crypto';

import { textAt, textsAt, valueAt } from '../../alert/ecs-path.ts';
import { readRules } from '../../language/read.ts';
import type { EcsDocument } from '../../event/event.ts';
import type { LoadedRule } from './pipeline-shapes.ts';
import type { AlertInFull } from './shapes.ts';

/** Who answers for a filter, why, and until when. */
export interface FilterReason {
  readonly owner: string;
  readonly reason: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;

/**
 * The Sigma filter that would have kept this alert silent, and as little else as the alert itself can
 * tell: the same group, the same program, the same destination. It is a proposal to be read.
 */
export function filterProposal(
  alert: AlertInFull,
  rules: readonly LoadedRule[],
  reason: FilterReason,
): string {
  const own = rules.find(({ id }) => id === alert.ruleId);
  const matched = new Set(textsAt(alert.document, 'tidegate.matched'));
  const used = rules.filter(({ id }) => own?.uses.includes(id) === true && matched.has(id));
  const targets = used.length > 0 ? used : own === undefined ? [] : [own];
  const selection = selectionOf(alert);
  const text = targets.map((rule) => documentOf(alert, rule, selection, reason)).join('---\n');
  const { problems } = readRules(text, 'proposal.yml');
  const [broken] = problems.filter(({ severity }) => severity === 'error');
  if (broken !== undefined) throw new Error(`a proposal is a filter: ${broken.message}`);
  return text;
}

type Selection = readonly (readonly [string, string])[];

function selectionOf({ document, evidence }: AlertInFull): Selection {
  const parts = valueAt(document, 'tidegate.key');
  const selection: [string, string][] = [];
  for (const part of Array.isArray(parts) ? (parts as readonly EcsDocument[]) : []) {
    const { field, value } = part;
    if (typeof field === 'string' && typeof value === 'string') selection.push([field, value]);
  }
  const add = (field: string, path: string): void => {
    const value = shared(evidence, path);
    if (value !== undefined && !selection.some(([known]) => known === field)) {
      selection.push([field, value]);
    }
  };
  if (selection.length === 0) {
    add('Computer', 'host.name');
    add('process.ai_agent.name', 'process.ai_agent.name');
  }
  add('Image', 'process.executable');
  add('tidegate.destination.host', 'tidegate.destination.host');
  return selection;
}

/** The value that all of the kept events give. */
function shared(evidence: readonly EcsDocument[], path: string): string | undefined {
  const values = new Set(evidence.map((entry) => textAt(entry, `event.${path}`)));
  const [only] = values;
  return values.size === 1 ? only : undefined;
}

function documentOf(
  alert: AlertInFull,
  rule: LoadedRule,
  selection: Selection,
  { owner, reason, now, days }: FilterReason,
): string {
  const date = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const logsource = Object.entries(rule.logsource ?? {}).map(
    ([name, value]) => `  ${name}: ${quoted(value)}`,
  );
  return [
    `title: ${quoted(`Expected: ${rule.title}`.slice(0, 200))}`,
    `id: ${idOf(alert.id, rule.id)}`,
    `description: ${quoted(reason)}`,
    `author: ${quoted(owner)}`,
    `date: ${date(now)}`,
    `expires: ${quoted(date(now + days * DAY_MS))}`,
    'logsource:',
    ...(logsource.length === 0 ? ['  category: any'] : logsource),
    'filter:',
    `  rules: [${rule.id}]`,
    '  selection:',
    ...selection.map(([field, value]) => `    ${quoted(field)}: ${quoted(escaped(value))}`),
    '  condition: not selection',
    '',
  ].join('\n');
}

/** A text in YAML, whatever it holds: JSON's strings are YAML's. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value as Sigma compares it: wildcards and the escape itself stand for themselves. */
function escaped(value: string): string {
  return value.replace(/\\(?=[\\*?])|[*?]/g, (found) => `\\${found}`);
}

function idOf(alert: string, rule: string): string {
  const hex = createHash('sha256').update(`filter\n${alert}\n${rule}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
