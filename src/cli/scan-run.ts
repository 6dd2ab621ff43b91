import type { Finding } from '../runtime/scan/finding.ts';
import type { Scan } from '../runtime/scan/scan.ts';
import { failureFrom } from '../runtime/workers/thread.ts';
import { EXIT } from './exit.ts';
import { counted } from './format.ts';
import { totalBytes } from './input.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';
import { RefusedRecords } from './refused.ts';
import type { ScanOptions } from './scan.ts';
import { reportScan } from './scan-summary.ts';

/** What a scan works with, however it prints. */
export interface ScanRun {
  readonly paths: readonly string[];
  readonly scan: Scan;
  readonly options: ScanOptions;
}

/** How a scan prints. */
export interface ScanForm {
  readonly output: Output;
  /** What is found, for the progress line. */
  readonly noun: 'alert' | 'match';
  readonly onFinding: (finding: Finding) => void;
  /** Prints what was held back, and says what was found. */
  readonly onEnd: () => string;
}

/** Runs a scan to its end, keeps what was refused, and says on standard error what was done. */
export async function runScan(run: ScanRun, form: ScanForm): Promise<number> {
  const { paths, scan, options } = run;
  const { output, noun } = form;
  const progress = new Progress(options.progress);
  await using refused = new RefusedRecords(options.dataDir);
  const bytesTotal = totalBytes(paths);
  const outcome = await scan.run({
    onFinding: (finding) => {
      if (finding.kind === 'refused') refused.add(finding.refusal);
      else if (finding.kind === 'unread') refused.addUnread(failureFrom(finding.failure));
      else form.onFinding(finding);
    },
    onBatch: async ({ bytesRead, events, found }) => {
      if (output.hasLines) progress.clear();
      await output.flush();
      await refused.flush();
      progress.update(() => ({
        share: bytesTotal === undefined ? undefined : bytesRead / Math.max(1, bytesTotal),
        text: `${counted(events, 'event')}, ${counted(found, noun, noun === 'match' ? 'matches' : 'alerts')}`,
      }));
    },
  });
  progress.clear();
  const findings = form.onEnd();
  await output.flush();
  await reportScan(run, { outcome, refused, findings });
  return refused.isIncomplete ? EXIT.failed : EXIT.ran;
}
