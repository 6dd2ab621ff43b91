import type { SelectionCoverage } from '../workbench/selection-coverage.ts';
import type { FileRun } from '../workbench/testing/files.ts';
import { counted, duration } from './format.ts';
import { shownPath } from './problem-report.ts';
import { painter, printable } from './terminal-text.ts';

/** What went wrong, by file and case; with `isVerbose` what went right, too. */
export function testLines(runs: readonly FileRun[], isVerbose: boolean): readonly string[] {
  const paint = painter(process.stdout);
  return runs.flatMap(({ file, results, coverage }) => {
    const shown = results.filter(({ passed }) => isVerbose || !passed);
    const gaps = isVerbose ? coverage.filter(isGap) : [];
    if (shown.length === 0 && gaps.length === 0) return [];
    return [
      paint('bold', printable(shownPath(file))),
      ...shown.flatMap(({ passed, name, line, reasons }) => [
        passed
          ? `  ${paint('green', 'ok')}    ${printable(name)}`
          : `  ${paint('red', 'FAIL')}  ${printable(name)} ${paint('dim', `(line ${line})`)}`,
        ...reasons.map((reason) => `        ${printable(reason)}`),
      ]),
      ...gaps.map((gap) => `  ${paint('yellow', 'note')}  ${gapInWords(gap)}`),
      '',
    ];
  });
}

/** One line on all of it. */
export function testSummary(runs: readonly FileRun[], ms: number, untested: number): string {
  const paint = painter(process.stdout);
  const results = runs.flatMap((run) => run.results);
  const failed = results.filter(({ passed }) => !passed).length;
  const selections = runs.flatMap((run) => run.coverage);
  const covered = selections.length - selections.filter(isGap).length;
  const verdict =
    failed === 0
      ? paint('green', `${counted(results.length, 'case')} passed`)
      : `${paint('red', `${counted(failed, 'case')} failed`)}, ${results.length - failed} passed`;
  const without = untested === 0 ? '' : `; ${counted(untested, 'rule file')} without tests`;
  return (
    `${verdict} in ${counted(runs.length, 'file')}, ${duration(ms)}; ` +
    `${covered} of ${counted(selections.length, 'selection')} seen true and false` +
    `${covered < selections.length ? ' (--verbose names the others)' : ''}${without}`
  );
}

function isGap({ held, failed }: SelectionCoverage): boolean {
  return !held || !failed;
}

function gapInWords({ rule, selection, held, failed }: SelectionCoverage): string {
  const missing = held ? 'never false' : failed ? 'never true' : 'never asked';
  return `${printable(`${rule}: ${selection}`)} is ${missing} in these cases`;
}
