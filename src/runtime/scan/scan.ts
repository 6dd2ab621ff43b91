import { createAutoDecoder, findDecoder } from '../../decoders/index.ts';
import { assert } from '../../base/assert.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { EngineStatistics } from '../../engine/engine.ts';
import { planStream } from '../../engine/plan.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { Level } from '../../language/tree.ts';
import type { DecodeCounts } from '../decoding.ts';
import { createDetector, type Detector, type DetectorOptions } from '../detector.ts';
import type { Finding } from './finding.ts';
import type { ScanMode } from './judge.ts';

/** Everything that a scan is set up from. Plain data, so that every worker can set up its own. */
export interface ScanSettings {
  readonly mode: ScanMode;
  readonly rules: Omit<DetectorOptions, 'decoder' | 'onNotice'>;
  readonly inputFormat: string;
  /** Under which secrets are hashed. */
  readonly redactionKey: Uint8Array;
  /** Alerts below it are not told of. */
  readonly minimumLevel: Level;
}

/** What there is to say of the rules. */
export interface LoadedRulesSummary {
  /** Detections and correlations in force. */
  readonly rules: number;
  /** For log sources that no decoder serves. */
  readonly unserved: number;
  /** For want of a list. */
  readonly disabled: number;
  readonly problems: readonly RuleProblem[];
  /** What the user should know of how they were loaded. */
  readonly notices: readonly string[];
}

/** What a scan counted. */
export interface ScanOutcome {
  readonly counts: DecodeCounts;
  readonly statistics: ScanStatistics;
}

export type ScanStatistics = Pick<
  EngineStatistics,
  'late' | 'duplicates' | 'clockSkewed' | 'evicted'
>;

export interface ScanProgress {
  /** Of all files so far, before decompression. */
  readonly bytesRead: number;
  readonly records: number;
  readonly events: number;
  /** Alerts or matches. */
  readonly found: number;
}

/** Where findings go, in the order of the log. */
export interface ScanOutput {
  readonly onFinding: (finding: Finding) => void;
  /** After each batch of work or of findings; the next one comes when it has resolved. */
  readonly onBatch: (progress: ScanProgress) => Promise<void>;
}

/** Rules, ready to be held against files. */
export interface Scan extends AsyncDisposable {
  readonly rules: LoadedRulesSummary;
  /** Why fewer workers are at work than were asked for. */
  readonly note: string | undefined;
  /** Reads the files to their end; once. */
  run(output: ScanOutput): Promise<ScanOutcome>;
}

/** The decoder of this name, or the one that recognises each record. */
export function decoderNamed(name: string): Decoder {
  if (name === 'auto') return createAutoDecoder();
  const decoder = findDecoder(name);
  assert(decoder !== undefined, `no decoder is named ${name}`);
  return decoder;
}

/** Loads the rules, and says what there is to say of them. */
export function loadScanRules(settings: ScanSettings, decoder: Decoder): LoadedScanRules {
  const notices: string[] = [];
  const onNotice = (text: string): unknown => notices.push(text);
  const detector = createDetector({ ...settings.rules, decoder, onNotice });
  const { ruleSet, unserved, disabled, problems } = detector;
  return {
    detector,
    summary: {
      rules: ruleSet.detections.length + ruleSet.correlations.length,
      unserved: unserved.length,
      disabled: disabled.length,
      problems,
      notices,
    },
  };
}

export interface LoadedScanRules {
  readonly detector: Detector;
  readonly summary: LoadedRulesSummary;
}

/**
 * True if what is found of a host depends on its own events alone, so that hosts can be judged apart. Matches
 * without memory are not bound to anything.
 */
export function isBoundToHosts({ ruleSet }: Detector, mode: ScanMode): boolean {
  return mode === 'matches' || !planStream(ruleSet).hasCrossHost;
}

/** True if what a record is found to be depends on records before it. */
export function hasMemory({ matcher }: Detector, mode: ScanMode): boolean {
  return mode === 'alerts' || matcher.hasOrdered;
}
