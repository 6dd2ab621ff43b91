import type { Decoder } from '../decoders/decoder.ts';
import type { DecodeCounts } from '../runtime/decoding.ts';
import type { Detector } from '../runtime/detector.ts';
import type { ScanOptions } from './scan.ts';

/** What a scan works with, however it prints. */
export interface ScanRun {
  readonly paths: readonly string[];
  readonly decoder: Decoder;
  readonly detector: Detector;
  readonly options: ScanOptions;
  readonly counts: DecodeCounts;
}

/** Detections and correlations that are in force. */
export function loadedRules(detector: Detector): number {
  return detector.ruleSet.detections.length + detector.ruleSet.correlations.length;
}
