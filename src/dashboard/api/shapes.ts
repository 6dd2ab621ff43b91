import type { EcsDocument } from '../../event/event.ts';
import type { Level } from '../../language/tree.ts';

/** Where people are with an alert. One that nobody touched is open. */
export type TriageState = 'open' | 'acknowledged' | 'closed';

export const triageStates: readonly TriageState[] = ['open', 'acknowledged', 'closed'];

/** Why an alert was closed, each with its key. */
export const closeReasons = [
  { name: 'attack', key: 'a', words: 'Attack' },
  { name: 'policy', key: 'p', words: 'Policy breach' },
  { name: 'expected', key: 'e', words: 'Expected work' },
  { name: 'false_positive', key: 'f', words: 'False positive' },
  { name: 'duplicate', key: 'd', words: 'Duplicate' },
  { name: 'test', key: 't', words: 'Test' },
] as const;

export type CloseReason = (typeof closeReasons)[number]['name'];

/** What people decided of an alert. Only they write it; `version` grows with each change. */
export interface Triage {
  readonly version: number;
  readonly state: TriageState;
  readonly assignee: string | null;
  readonly reason: CloseReason | null;
  readonly comment: string | null;
  /** ms since the epoch; null when nobody has touched it. */
  readonly changedAt: number | null;
  readonly changedBy: string | null;
  /** Contributing events since it was closed. */
  readonly grewBy: number;
}

/** One entry of an alert's log. */
export interface TriageEntry {
  readonly at: number;
  readonly person: string;
  readonly state: TriageState;
  readonly assignee: string | null;
  readonly reason: string | null;
  readonly comment: string | null;
}

/** A change of triage. What is absent stays as it is; `version` is the one that the person saw. */
export interface TriageChange {
  readonly version: number;
  readonly state?: TriageState;
  readonly assignee?: string | null;
  readonly reason?: CloseReason;
  readonly comment?: string;
}

/** An alert as a list shows it. Times are in ms since the epoch. */
export interface AlertRow {
  readonly id: string;
  readonly first: number;
  readonly last: number;
  readonly level: Level;
  readonly ruleId: string;
  readonly rule: string;
  readonly host: string;
  readonly user: string | null;
  readonly agent: string | null;
  /** Contributing events. */
  readonly count: number;
  /** What the rule's condition was held against, and its limit. */
  readonly value: number | null;
  readonly limit: number | null;
  readonly sentence: string;
  readonly key: string;
  readonly destination: string | null;
  readonly labels: readonly string[];
  readonly lineage: string | null;
  /** Alerts of the same lineage, this one included. */
  readonly inLineage: number;
  readonly triage: Triage;
}

/** One alert whole. */
export interface AlertInFull extends AlertRow {
  readonly document: EcsDocument;
  readonly evidence: readonly EcsDocument[];
  readonly log: readonly TriageEntry[];
  /** Neighbours in the lineage by first seen. */
  readonly older: string | null;
  readonly newer: string | null;
}

/** The fields by which alerts are filtered, and the facets of the list. */
export const filterFields = [
  'state',
  'severity',
  'agent',
  'host',
  'user',
  'rule',
  'assignee',
  'destination',
  'label',
  'lineage',
  'reason',
] as const;

export type FilterField = (typeof filterFields)[number];

/** What a list shows. Values of one field are alternatives, an empty one means "none". */
export interface AlertFilter {
  readonly include: Partial<Record<FilterField, readonly string[]>>;
  readonly exclude: Partial<Record<FilterField, readonly string[]>>;
  /** Words that all must occur, each as the beginning of a word. */
  readonly words?: string;
  /** Last seen at or after, before: ms since the epoch. */
  readonly from?: number;
  readonly to?: number;
  /** Contributing events: at least, at most. */
  readonly countMin?: number;
  readonly countMax?: number;
  /** Closed, and grown since. */
  readonly grown?: boolean;
  /** Changed behind this place of the log. */
  readonly since?: number;
  /** Opened up to this place of the log: what a frozen list shows. */
  readonly upTo?: number;
}

export const sortKeys = ['last', 'first', 'count', 'severity', 'host', 'agent', 'rule'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface AlertPage {
  readonly alerts: readonly AlertRow[];
  readonly total: number;
  /** Place of the log up to which this page is true. */
  readonly place: number;
  /** Continues behind the last alert; null when there is none behind it. */
  readonly next: string | null;
}

export interface FacetValue {
  readonly value: string;
  /** What people call it, where that is not the value itself. */
  readonly words?: string;
  readonly count: number;
}

export interface AlertSummary {
  readonly place: number;
  readonly tabs: Readonly<
    Record<'active' | 'mine' | 'unassigned' | 'closed' | 'all' | 'grown', number>
  >;
  /** Open ones by level, under the other filters. */
  readonly open: Readonly<Record<Level, number>>;
  readonly unassigned: number;
  /** First seen of the oldest open critical or high one. */
  readonly oldestOpen: number | null;
  readonly facets: Readonly<Partial<Record<FilterField, readonly FacetValue[]>>>;
  readonly histogram: Histogram;
}

export interface Histogram {
  readonly from: number;
  readonly to: number;
  /** Counts a bucket, by level from informational to critical. */
  readonly buckets: readonly (readonly number[])[];
}

export interface AlertGroup {
  readonly value: string;
  readonly words?: string;
  readonly count: number;
  readonly open: number;
  readonly last: number;
  readonly level: Level;
  readonly sentence: string;
}

/** What else is known around an alert. */
export interface Related {
  /** This rule on this host before, and how many of those were closed as expected or false. */
  readonly before: number;
  readonly beforeAsNoise: number;
  readonly lineage: readonly AlertRow[];
  readonly host: readonly AlertRow[];
  readonly user: readonly AlertRow[];
}
