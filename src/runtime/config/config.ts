import type { EngineLimits } from '../../engine/engine.ts';
import type { Level } from '../../language/tree.ts';
import type { KafkaDeadLetterSettings } from '../../sinks/kafka/dead-letter.ts';
import type { HitsTopicSettings } from '../outbox/hits-topic.ts';
import type { TelemetryTopicSettings } from '../outbox/telemetry-topic.ts';
import type { DashboardConfig } from './dashboard.ts';

/** A checked configuration, with every default filled in. Times are in ms. */
export interface Config {
  readonly dataDir: string;
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly pipelines: readonly string[];
  /** How often the files of rules, lists and pipelines are looked at; 0: never. */
  readonly watchRulesMs: number;
  readonly minimumLevel: Level;
  readonly limits: EngineLimits;
  readonly sources: readonly SourceConfig[];
  readonly primary: PartConfig;
  readonly secondary: readonly SecondaryConfig[];
  readonly checkpoints: PartConfig & { readonly everyMs: number };
  /** What `tidegate repartition` reads and writes. */
  readonly repartition: RepartitionConfig | undefined;
  /** The internal topic for hits of rules across hosts; undefined: each task judges its own. */
  readonly acrossHosts: HitsTopicSettings | undefined;
  readonly deadLetterPath: string;
  /** Letters go to this topic in place of the file. */
  readonly deadLetterTopic: KafkaDeadLetterSettings | undefined;
  readonly listen: ListenConfig | undefined;
  /** The page; undefined for none. */
  readonly dashboard: DashboardConfig | undefined;
  readonly logLevel: LogLevel;
  readonly drainMs: number;
}

/** Records that are not keyed by host, and the topic that gets them keyed. */
export interface RepartitionConfig {
  readonly sources: readonly SourceConfig[];
  readonly to: TelemetryTopicSettings;
  /** For how long what was said of an address counts. */
  readonly validMs: number;
  readonly listen: ListenConfig | undefined;
}

/** A part of a shelf: which, and its own settings. */
export interface PartConfig {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SourceConfig extends PartConfig {
  /** Names its tasks in checkpoints and metrics. */
  readonly name: string;
  readonly inputFormat: string;
}

export interface SecondaryConfig extends PartConfig {
  /** Names its position in the primary log. */
  readonly name: string;
  readonly from: 'beginning' | 'now';
}

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];
