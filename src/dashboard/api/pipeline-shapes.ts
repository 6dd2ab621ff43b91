import type { Level } from '../../language/tree.ts';

/** A rule as the detector has it. */
export interface LoadedRule {
  readonly id: string;
  readonly title: string;
  readonly kind: 'detection' | 'correlation';
  /** False when only other rules count its hits. */
  readonly alerts: boolean;
  readonly level: Level;
  readonly status: string | null;
  readonly description: string | null;
  readonly author: string | null;
  readonly modified: string | null;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  /** What to look at when it fires, as its author wrote it. */
  readonly guide: string | null;
  /** Product, category, service, as far as the rule names them; null for rules that count others. */
  readonly logsource: Readonly<Record<string, string>> | null;
  readonly file: string;
  readonly line: number;
  /** `blind`: in force, and no sensor here gives it what it needs. */
  readonly state: 'on' | 'off' | 'blind' | 'broken';
  readonly reason: string | null;
  /** Rules that a correlation counts. */
  readonly uses: readonly string[];
}

/** What an input has delivered. */
export interface InputReading {
  readonly name: string;
  readonly partition: number;
  readonly position: number;
  readonly end: number | null;
  readonly lag: number | null;
  readonly perSecond: number;
  readonly isPaused: boolean;
}

/** A part that writes, and what is wrong with it. */
export interface PartReading {
  readonly name: string;
  readonly kind: string;
  readonly trouble: string | null;
}

/** How full a bounded state is. */
export interface StateReading {
  readonly name: string;
  readonly used: number;
  readonly limit: number | null;
}

export interface FindingReading {
  readonly kind: string;
  readonly host: string | null;
  readonly rule: string | null;
  readonly count: number;
  readonly since: number;
}

/** What the pipeline says of itself; totals since its start. Times in ms since the epoch. */
export interface PipelineReading {
  /** `none`: no detector runs in this process. */
  readonly mode: 'demo' | 'run' | 'none';
  readonly startedAt: number;
  readonly events: number;
  readonly newestEvent: number | null;
  readonly late: number;
  readonly duplicates: number;
  readonly hosts: number;
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
  /** The largest part of a limit that was ever in use: 1 is full. */
  readonly fullest: number;
  readonly state: readonly StateReading[];
  readonly inputs: readonly InputReading[];
  readonly parts: readonly PartReading[];
  readonly findings: readonly FindingReading[];
  /** Why it is not ready; nothing when it is. */
  readonly notReady: readonly string[];
}

/** One look at the pipeline, for the lines of the last hour. */
export interface HealthSample {
  readonly at: number;
  readonly perSecond: number;
  /** How far the newest event lies behind our clock, in ms; null in a replay. */
  readonly lagMs: number | null;
  readonly late: number;
  readonly refused: number;
  readonly fullest: number;
}

export interface Health extends PipelineReading {
  readonly now: number;
  readonly perSecond: number;
  readonly lagMs: number | null;
  readonly samples: readonly HealthSample[];
  /** Of the alert store: what the index has not taken yet, and what is wrong with it. */
  readonly store: { readonly behind: number; readonly trouble: string | null };
}
