import { createRedactor } from '../../alert/redaction.ts';
import { DecodeCounts } from '../decoding.ts';
import { judge } from './judge.ts';
import {
  decoderNamed,
  loadScanRules,
  type Scan,
  type ScanOutcome,
  type ScanOutput,
  type ScanSettings,
} from './scan.ts';

/** A scan in this thread: what is found is told as soon as it is known. */
export function scanInProcess(
  settings: ScanSettings,
  paths: readonly string[],
  note?: string,
): Scan {
  const decoder = decoderNamed(settings.inputFormat);
  const { detector, summary } = loadScanRules(settings, decoder);
  const files = paths.map((path, order) => ({ path, order, firstTime: Number.NEGATIVE_INFINITY }));
  const run = async ({ onFinding, onBatch }: ScanOutput): Promise<ScanOutcome> => {
    const counts = new DecodeCounts();
    let bytesRead = 0;
    let found = 0;
    await judge({
      ...settings,
      files,
      detector,
      decoder,
      redactor: createRedactor(settings.redactionKey),
      counts,
      onFinding: (finding) => {
        if (finding.kind === 'opened' || finding.kind === 'match') found += 1;
        onFinding(finding);
      },
      onBytes: (bytes) => {
        bytesRead = bytes;
      },
      onBatch: () => onBatch({ bytesRead, records: counts.records, events: counts.events, found }),
    });
    return { counts, statistics: detector.engine.statistics() };
  };
  return {
    rules: summary,
    note,
    run,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
