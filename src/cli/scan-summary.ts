import { count, counted } from './format.ts';
import type { RefusedRecords } from './refused.ts';
import type { ScanOutcome } from '../runtime/scan/scan.ts';
import type { ScanRun } from './scan-run.ts';
import { painter } from './terminal-text.ts';

/** Says on standard error what a scan did: records, events, findings, what was refused and what came late. */
export async function reportScan(
  { scan, options }: ScanRun,
  end: {
    readonly outcome: ScanOutcome;
    readonly refused: RefusedRecords;
    readonly findings: string;
  },
): Promise<void> {
  const { refused, findings } = end;
  const { counts, statistics } = end.outcome;
  const { rules, unserved, disabled } = scan.rules;
  await refused.report(counts);
  const paint = painter(process.stderr);
  const notes = [
    statistics.late > 0 ? `${count(statistics.late)} late for windows` : '',
    statistics.duplicates > 0 ? `${counted(statistics.duplicates, 'duplicate')}` : '',
    statistics.clockSkewed > 0 ? `${count(statistics.clockSkewed)} with a wrong clock` : '',
    statistics.evicted > 0 ? `${count(statistics.evicted)} dropped at a state limit` : '',
  ].filter((note) => note !== '');
  const details = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const isMostlyLate = statistics.late > counts.events / 100;
  const advice = isMostlyLate
    ? `${paint('yellow', 'windows missed the late events:')} raise --lateness, or scan the files one by one\n`
    : '';
  const silent = [
    unserved > 0 ? `${count(unserved)} for log sources that no decoder serves` : '',
    disabled > 0 ? `${count(disabled)} off, for want of a list` : '',
  ].filter((note) => note !== '');
  const blind =
    silent.length === 0
      ? ''
      : ` (${silent.join(', ')}${options.verbose ? '' : '; --verbose names them'})`;
  process.stderr.write(
    `${paint('bold', findings)} in ${counted(counts.events, 'event')} of ${counted(counts.records, 'record')}${details}; ` +
      `${counted(rules, 'rule')} loaded${blind}\n${advice}`,
  );
}
