import type { Activity, EcsDocument, TelemetryEvent } from '../event/event.ts';
import type { EventTime, Position, RawRecord } from '../event/record.ts';
import type { CorrelationRule, DetectionRule } from '../language/tree.ts';

/** A rule reached its condition, or an open episode grew. */
export interface Detection {
  readonly rule: DetectionRule | CorrelationRule;
  /**
   * `opened` once per episode (or per event, for a rule without window), then `grown` with the new
   * totals.
   */
  readonly phase: 'opened' | 'grown';
  /** Digest of log source, detection, correlation and filters (decisions §7). */
  readonly meaning: string;
  readonly host: string;
  /** Group fields and their values, in the rule's order; empty for a rule without window. */
  readonly key: readonly KeyPart[];
  /**
   * Start of the episode; undefined for a rule without window, whose alert is named by `eventId`.
   */
  readonly episodeStart: EventTime | undefined;
  readonly eventId: string | undefined;
  readonly firstTime: EventTime;
  readonly lastTime: EventTime;
  /** Contributing events so far: the version of the alert's state record. */
  readonly count: number;
  /** Value that the correlation's condition was held against (count, distinct values, sum, ...). */
  readonly value: number | undefined;
  readonly window: DetectionWindow | undefined;
  /** Bounded: the first, the crossing, the last and a sample, by event time. */
  readonly evidence: readonly Evidence[];
  /** Which of the rule's selections, or which referenced rules, matched. */
  readonly matched: readonly string[];
}

export interface KeyPart {
  readonly field: string;
  readonly value: string | null;
}

/** The window `(from, to]` at the moment when the condition became true. */
export interface DetectionWindow {
  readonly from: EventTime;
  readonly to: EventTime;
  readonly timespanMs: number;
}

/** A contributing event, kept as its document so that it survives in snapshots. */
export interface Evidence {
  readonly id: string;
  readonly time: EventTime;
  /** When the log took the record, where it says so. */
  readonly recordTime?: EventTime;
  readonly position: Position;
  readonly ruleId: string;
  /** What the event tells of; the alert's sentence takes its verb from it. */
  readonly activity?: Activity;
  readonly document: EcsDocument;
}

export type Emit = (detection: Detection) => void;

/**
 * Streaming detection over one task's events. Pure: its state is a function of what it was given.
 */
export interface Engine {
  /**
   * Evaluates events in arrival order; candidates of windows wait for their host's watermark. Events are
   * taken one by one, and what one of them brings about is emitted before the next is taken.
   */
  observe(batch: Iterable<TelemetryEvent>, emit: Emit): void;
  /** Moves every host's watermark at least to this time: end of input, or an idle advance. */
  advance(watermark: EventTime, emit: Emit): void;
  /**
   * Says that nothing came for so long although every input stood at its end. Each host's watermark
   * moves by that host's own silence alone: a slow clock makes none of its events late.
   */
  elapse(silentMs: number, emit: Emit): void;
  /** What other tasks have to see of what was observed since the last call, in order. */
  takeOutgoing(): readonly Outgoing[];
  /** No hit of a host before this time is given away any more; undefined while there is no host. */
  readonly frontier: EventTime | undefined;
  statistics(): EngineStatistics;
  snapshot(): EngineSnapshot;
  restore(snapshot: EngineSnapshot): void;
}

/** A message to whichever task has the route: equal routes, the same task. */
export interface Outgoing {
  readonly route: string;
  readonly value: Uint8Array | string;
  readonly headers?: NonNullable<RawRecord['headers']>;
}

export interface EngineStatistics {
  readonly events: number;
  readonly matches: number;
  readonly late: number;
  readonly duplicates: number;
  readonly evicted: number;
  readonly waiting: number;
  /** Events whose time was not believed when they arrived; they are judged all the same. */
  readonly clockSkewed: number;
  /** Candidates that left a full buffer before their watermark. */
  readonly forced: number;
  /**
   * Hits that came too late for correlations across hosts, though not for those of their own host.
   */
  readonly lateAcrossHosts: number;
  /** Hits that a correlation dropped because a field of its `group-by` was missing. */
  readonly groupMissing: number;
  /** Hits that a correlation dropped because its field held no value that it can count or sum. */
  readonly valueIgnored: number;
  /** Waiting events of a snapshot that the decoder no longer understands. */
  readonly unrevived: number;
  readonly hosts: number;
  /** Group keys held now, over all rules. */
  readonly groups: number;
  /**
   * The largest part of a limit over all hosts that was ever in use: 1 is full. Engines whose parts add up
   * to no more would have found the same as one engine over all of their hosts.
   */
  readonly fullest: number;
  readonly findings: readonly HealthFinding[];
}

/** Something that weakens detection and names whom it concerns. One per kind, host and rule. */
export interface HealthFinding {
  /** A host's clock was not believed, or a limit was reached. */
  readonly kind: 'clock' | 'keys' | 'entries' | 'waiting' | 'hosts';
  readonly host: string | undefined;
  readonly ruleId: string | undefined;
  readonly count: number;
  /** Time of the event with which it began. */
  readonly since: EventTime;
}

/** Plain JSON data, versioned. */
export interface EngineSnapshot {
  readonly version: number;
  readonly state: unknown;
}

/** Limits that can change a verdict are counts from configuration, never bytes or time of ours. */
export interface EngineLimits {
  /** How far behind a host's newest event another of it may arrive and still count, in ms. */
  readonly latenessMs: number;
  /** Candidates waiting for their watermark, per host and in all. */
  readonly waitingPerHostMax: number;
  readonly waitingMax: number;
  /** Group keys a correlation keeps, per host and in all. */
  readonly keysPerHostMax: number;
  readonly keysMax: number;
  /** Contributing entries one key keeps inside its window. */
  readonly entriesPerKeyMax: number;
  /** Evidence documents an alert carries. */
  readonly evidenceMax: number;
  /**
   * Event ids remembered per host to recognise redelivery (0: no event is taken for a duplicate),
   * and in all.
   */
  readonly redeliveryPerHostMax: number;
  readonly redeliveryMax: number;
  /** Hosts whose clock, buffer and windows are kept. */
  readonly hostsMax: number;
}
