import type { Finding } from '../runtime/scan/finding.ts';
import { EXIT } from './exit.ts';
import { Output } from './output.ts';
import { PrintedAlerts } from './printed-alerts.ts';
import { runScan, type ScanRun } from './scan-run.ts';

/** Prints alerts: those of single events as they come, those that may grow when the input has ended. */
export async function scanAlerts(run: ScanRun): Promise<number> {
  const { options } = run;
  const output = new Output();
  const printed = new PrintedAlerts(output, options);
  const code = await runScan(run, {
    output,
    noun: 'alert',
    onFinding: (finding: Finding) => {
      if (finding.kind === 'opened') printed.open(finding.alert, finding.mayGrow);
      else if (finding.kind === 'grown') printed.grow(finding.alert);
    },
    onEnd: () => {
      printed.finish();
      return printed.summary();
    },
  });
  if (code !== EXIT.ran) return code;
  return options.failOn !== undefined && printed.reached(options.failOn) ? EXIT.found : EXIT.ran;
}
