import type { EcsDocument, EventOrigin, FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Logsource } from '../event/logsource.ts';
import type { EventTime, Position, RawRecord } from '../event/record.ts';
import { Archive, type ArchiveSnapshot } from './archive.ts';
import { snapshotEntry, type EntrySnapshot } from './cross-entry.ts';
import type { Entry, Turn } from './entry.ts';

/** The form of the messages; another one is not understood. */
const FORM = 1;

/** A hit of one host on its way to the task that sees those of all hosts. */
export interface HandedHit {
  readonly kind: 'hit';
  readonly turn: Turn;
  /** What it means to the correlations that are judged together. */
  readonly entries: readonly EntrySnapshot[];
  readonly archive: ArchiveSnapshot;
}

/** What a task that gives hits away says of the time: it has none before this any more. */
export interface HandedProgress {
  readonly kind: 'progress';
  readonly source: string;
  readonly task: number;
  /** Tasks of the source in all: every one is waited for. */
  readonly tasks: number;
  /** Null while the task has no host. */
  readonly frontier: EventTime | null;
}

/** The hit as a message. */
export function textOfHit(turn: Turn, entries: readonly Entry[]): string {
  const archive = new Archive();
  const stored = entries.map((entry) => snapshotEntry(entry, archive));
  const hit: HandedHit = { kind: 'hit', turn, entries: stored, archive: archive.snapshot() };
  return JSON.stringify({ form: FORM, ...hit });
}

export function textOfProgress(progress: HandedProgress): string {
  return JSON.stringify({ form: FORM, ...progress });
}

/** Reads a message of ours; undefined if it is none. Whoever may write to the topic is trusted. */
export function readHanded(text: string): HandedHit | HandedProgress | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { form, kind, turn, entries, archive, tasks } = message as Readonly<
    Record<string, unknown>
  >;
  const isHit = [turn, entries, archive].every((part) => typeof part === 'object' && part !== null);
  const isProgress = kind === 'progress' && Number.isSafeInteger(tasks);
  if (form !== FORM || !(isProgress || (kind === 'hit' && isHit))) return undefined;
  return message as HandedHit | HandedProgress;
}

/** No rule looks at these events: it is of no log source that a decoder has. */
const NO_LOGSOURCE: Logsource = { product: undefined, categories: [], services: [] };

/** A message as an event of a task, which has order, redelivery and checkpoints by that. */
export class HandedEvent implements TelemetryEvent {
  readonly message: HandedHit | HandedProgress;
  readonly origin: EventOrigin;
  readonly activity = 'other' as const;
  readonly sensor = 'hits';
  readonly logsource: Logsource = NO_LOGSOURCE;
  readonly derived: Map<string, FieldValue> = new Map();

  constructor(message: HandedHit | HandedProgress, record: RawRecord) {
    this.message = message;
    this.origin = { record, index: 0 };
  }

  /** Unique among the hits of a host: the event, and the groups of correlations. */
  get id(): string {
    const { message } = this;
    if (message.kind === 'progress') return '';
    const { turn, entries } = message;
    const groups = entries.map(({ ruleId, meaning, key }) => [ruleId, meaning, key]);
    return JSON.stringify([turn.id, groups]);
  }

  get time(): EventTime {
    const { message } = this;
    return message.kind === 'hit' ? message.turn.time : (message.frontier ?? 0);
  }

  get host(): string {
    return this.message.kind === 'hit' ? this.message.turn.host : '';
  }

  get position(): Position {
    return this.origin.record.position;
  }

  get(): undefined {
    return undefined;
  }

  someValue(): boolean {
    return false;
  }

  process(): undefined {
    return undefined;
  }

  document(): EcsDocument {
    return {};
  }
}
