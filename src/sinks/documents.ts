import type { Alert } from '../alert/alert.ts';
import { isDocument, textAt, valueAt } from '../alert/ecs-path.ts';
import { isoTime } from '../alert/words.ts';
import type { EcsDocument, EcsValue } from '../event/event.ts';

/** An alert's document as it is stored, once and for all. `ingested` is when it was sent. */
export function alertBody(document: EcsDocument, ingested: number): string {
  const event = document['event'];
  return JSON.stringify({
    ...document,
    event: { ...(isDocument(event) ? event : {}), ingested: isoTime(ingested) },
  });
}

/** Characters of a text in a reduced document. */
const TEXT_MAX = 1000;
/** Characters of the original that the reduced document keeps, as a text that nothing indexes. */
const ORIGINAL_MAX = 500_000;

const REDUCED_FIELDS: readonly string[] = [
  'message',
  'event.reason',
  'event.start',
  'event.end',
  'event.severity',
  'event.risk_score',
  'rule.id',
  'rule.name',
  'host.name',
  'user.name',
  'process.name',
  'process.executable',
  'tidegate.level',
  'tidegate.host',
  'tidegate.count',
];

export interface ReducedOptions {
  /** When it is sent, where the document says so. */
  readonly ingested?: number;
  /** Characters of the original that are kept. */
  readonly originalMax?: number;
}

/**
 * The alert of a document that the server does not take: what people need to see, of kinds that are
 * sure to fit, and the original as a text that nothing indexes.
 */
export function reducedBody(alert: Alert, reason: string, options: ReducedOptions): string {
  const { ingested, originalMax = ORIGINAL_MAX } = options;
  const document = alert.document ?? {};
  const kept = new Map<string, EcsValue>();
  for (const path of REDUCED_FIELDS) {
    const value = valueAt(document, path);
    if (typeof value === 'string') kept.set(path, value.slice(0, TEXT_MAX).toWellFormed());
    if (typeof value === 'number') kept.set(path, value);
  }
  const part = (name: string): EcsDocument => {
    const inner: EcsDocument = {};
    for (const [path, value] of kept) {
      const [head, field = ''] = path.split('.');
      if (head === name) inner[field] = value;
    }
    return inner;
  };
  return JSON.stringify({
    '@timestamp': isoTime(alert.time),
    message: kept.get('message') ?? alert.ruleId.slice(0, TEXT_MAX),
    event: {
      ...identity(alert),
      ...part('event'),
      ...(ingested === undefined ? {} : { ingested: isoTime(ingested) }),
    },
    rule: { ...part('rule'), id: alert.ruleId.slice(0, TEXT_MAX) },
    host: part('host'),
    user: part('user'),
    process: part('process'),
    tidegate: {
      ...part('tidegate'),
      reduced: { reason, document: JSON.stringify(document).slice(0, originalMax).toWellFormed() },
    },
  });
}

/** The least that an alert is: for a server that does not take the reduced form either. */
export function barestBody(alert: Alert, reason: string, ingested: number): string {
  const title = textAt(alert.document ?? {}, 'rule.name') ?? alert.ruleId;
  return JSON.stringify({
    '@timestamp': isoTime(alert.time),
    message: title.slice(0, TEXT_MAX).toWellFormed(),
    event: { ...identity(alert), ingested: isoTime(ingested) },
    tidegate: { level: alert.level, reduced: { reason } },
  });
}

function identity(alert: Alert): EcsDocument {
  return { kind: 'alert', module: 'tidegate', dataset: 'tidegate.alerts', id: alert.id };
}

/** What changes of an alert while its episode lasts. */
export function stateBody({ id, time, level, ruleId, state }: Alert): string {
  return JSON.stringify({
    '@timestamp': isoTime(time),
    id,
    level,
    rule: { id: ruleId },
    count: state.version,
    first_seen: isoTime(state.firstSeen),
    last_seen: isoTime(state.lastSeen),
    value: state.value,
    sentence: state.sentence,
    evidence: state.evidence,
  });
}

/** As `stateBody`, for a server that does not take the evidence. */
export function reducedStateBody(alert: Alert): string {
  const { state } = alert;
  const sentence = state.sentence.slice(0, TEXT_MAX).toWellFormed();
  const value = Number.isFinite(state.value) ? state.value : undefined;
  return stateBody({ ...alert, state: { ...state, sentence, value, evidence: [] } });
}
