import type { Alert } from '../../alert/alert.ts';
import { isDocument, textAt, textsAt, valueAt } from '../../alert/ecs-path.ts';
import { levels } from '../../alert/level.ts';
import { agentOf } from '../../alert/subject.ts';
import type { EcsDocument } from '../../event/event.ts';

/** What the index keeps of an alert when it opens; names are the columns. */
export interface Entry {
  readonly id: string;
  readonly level: number;
  readonly rule_id: string;
  readonly rule: string;
  readonly host: string;
  readonly user: string | null;
  readonly agent: string | null;
  readonly bound: number | null;
  readonly key: string;
  readonly destination: string | null;
  readonly labels: string;
  readonly lineage: string | null;
}

/** The row of an alert. Its document is written once, so this is too. */
export function entryOf(alert: Alert, document: EcsDocument): Entry {
  const host = textAt(document, 'host.name') ?? textAt(document, 'tidegate.host') ?? '';
  const root = textAt(document, 'tidegate.lineage.root.entity_id');
  return {
    id: alert.id,
    level: levels.indexOf(alert.level),
    rule_id: alert.ruleId,
    rule: textAt(document, 'rule.name') ?? alert.ruleId,
    host,
    user: textAt(document, 'user.name') ?? null,
    agent: agentOf(document) ?? null,
    bound: boundOf(document),
    key: keyOf(document),
    destination: destinationOf(document) ?? null,
    labels: JSON.stringify(labelsOf(document)),
    lineage: root === undefined ? null : `${host}/${root}`,
  };
}

/** The limit that the rule's condition names. */
function boundOf(document: EcsDocument): number | null {
  const bounds = valueAt(document, 'tidegate.limit');
  const first: unknown = Array.isArray(bounds) ? bounds[0] : undefined;
  const value = isDocument(first as EcsDocument) ? (first as EcsDocument)['value'] : undefined;
  return typeof value === 'number' ? value : null;
}

// Host and agent stand beside the sentence already.
const SHOWN_ELSEWHERE = new Set(['Computer', 'host.name', 'hostname', 'process.ai_agent.name']);

function keyOf(document: EcsDocument): string {
  const parts = valueAt(document, 'tidegate.key');
  const values: string[] = [];
  for (const part of Array.isArray(parts) ? parts : []) {
    if (!isDocument(part)) continue;
    const { field, value } = part;
    if (typeof value !== 'string' || typeof field !== 'string') continue;
    if (!SHOWN_ELSEWHERE.has(field)) values.push(value);
  }
  const file = textAt(document, 'file.directory') ?? textAt(document, 'file.path');
  const shown = values.length > 0 ? values.join(' · ') : (destinationOf(document) ?? file ?? '');
  return shown.slice(0, KEY_LENGTH_MAX);
}

const KEY_LENGTH_MAX = 512;

const DESTINATION: readonly string[] = [
  'tidegate.destination.host',
  'destination.domain',
  'url.domain',
  'dns.question.name',
  'destination.ip',
];

/** Where data went, by its name where it has one. */
export function destinationOf(document: EcsDocument): string | undefined {
  for (const path of DESTINATION) {
    const text = textAt(document, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

const LABELS_MAX = 20;

/** What data-loss labels say of what was touched. */
export function labelsOf(document: EcsDocument): readonly string[] {
  const found = new Set([
    ...textsAt(document, 'tidegate.dlp.labels'),
    ...textsAt(document, 'tidegate.dlp.label'),
    ...textsAt(document, 'tidegate.file.labels'),
  ]);
  return [...found].slice(0, LABELS_MAX);
}

/** Longer alerts are found by what stands first. */
const WORDS_LENGTH_MAX = 4096;
const SEARCHED: readonly string[] = [
  'file.path',
  'process.command_line',
  'process.executable',
  'destination.domain',
  'destination.ip',
  'dns.question.name',
  'url.full',
];

/** The text in which search looks. */
export function wordsOf(alert: Alert, entry: Entry, document: EcsDocument): string {
  const { rule, host, user, agent, key, destination } = entry;
  const seen = new Set([alert.state.sentence, rule, host, user, agent, key, destination, alert.id]);
  for (const path of SEARCHED) for (const text of textsAt(document, path)) seen.add(text);
  for (const { event } of alert.state.evidence as readonly { readonly event?: EcsDocument }[]) {
    if (!isDocument(event)) continue;
    for (const path of SEARCHED) for (const text of textsAt(event, path)) seen.add(text);
  }
  let words = '';
  for (const text of seen) {
    if (text === null) continue;
    if (words.length >= WORDS_LENGTH_MAX) break;
    words += `${text.slice(0, WORDS_LENGTH_MAX - words.length)}\n`;
  }
  return words;
}
