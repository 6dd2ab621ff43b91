import type { TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';

/** Computes fields from one event alone, and only if a loaded rule asks for one of them. */
export interface Derivation {
  readonly fields: readonly string[];
  /** Tracker fields that it reads; such a derivation runs in event-time order, as the trackers do. */
  readonly needs: readonly string[];
  /** Writes those of its fields that apply into `event.derived`. */
  derive(event: TelemetryEvent, policy: Policy): void;
}

export interface TrackerStatistics {
  /** Entries held now. */
  readonly entries: number;
  /** Entries dropped so far for a limit. */
  readonly evicted: number;
  /** The largest part of its limits over all hosts that was ever in use. */
  readonly fullest: number;
}

/** Computes fields with memory. It always consumes the events that feed it, whatever rules are loaded. */
export interface Tracker {
  readonly name: string;
  readonly fields: readonly string[];
  /** True if this event changes what the tracker knows. */
  feeds(event: TelemetryEvent): boolean;
  /** Learns from the event. Called per host in event-time order, each event once. */
  observe(event: TelemetryEvent): void;
  /**
   * Writes the tracker's fields for this event into `event.derived`; called after `observe`. True
   * if there was anything to write.
   */
  enrich(event: TelemetryEvent): boolean;
  /** Plain JSON data. */
  snapshot(): unknown;
  restore(state: unknown): void;
  statistics(): TrackerStatistics;
}

/** Every field that enrichments can compute, for the engine's compile step. */
export interface Enrichments {
  readonly derivations: readonly Derivation[];
  readonly trackers: readonly Tracker[];
}
