import type { Encoder } from '../simulation/encoders/encoder.ts';
import type { Story } from '../simulation/story/story.ts';
import type { Matrix, MatrixCell } from '../workbench/simulation/matrix.ts';
import type { Finding, Verdict } from '../workbench/simulation/verdict.ts';
import { counted, duration } from './format.ts';
import { tableLines } from './table.ts';
import { printable, type Style } from './terminal-text.ts';

type Paint = (style: Style, text: string) => string;

/** The scenarios, one a row. */
export function listLines(
  stories: readonly Story[],
  isJson: boolean,
  paint: Paint,
): readonly string[] {
  if (isJson) {
    const scenarios = stories.map(({ name, kind, title, systems, must, missed }) => ({
      name,
      kind,
      title,
      systems,
      must: must.map(({ rule }) => rule),
      missed: missed.map(({ rule }) => rule),
    }));
    return [JSON.stringify({ scenarios }, undefined, 2)];
  }
  const columns = ['scenario', 'kind', 'where', 'what'].map((title) => ({ title }));
  const rows = stories.map(({ name, kind, systems, title }) => [
    printable(name),
    kind === 'honest' ? paint('green', kind) : paint('yellow', kind),
    systems.length === 3 ? 'everywhere' : systems.join(', '),
    printable(title),
  ]);
  return tableLines(columns, rows, (text) => paint('bold', text));
}

/** What became of each trial, and why one failed. */
export function verdictLines(verdicts: readonly Verdict[], paint: Paint): readonly string[] {
  const columns = ['scenario', 'sensor', 'system', 'result', 'alerts'].map((title) => ({ title }));
  const rows = verdicts.map((verdict) => {
    const { trial, alerts } = verdict.run;
    return [
      trial.play.story.name,
      trial.encoder.name,
      trial.play.host.system,
      resultOf(verdict, paint),
      alertsOf(verdict, alerts.length),
    ];
  });
  const failures = verdicts.flatMap(({ run, failures: told }) =>
    told.map((failure) => `${run.trial.play.story.name}, ${run.trial.encoder.name}: ${failure}`),
  );
  return [
    ...tableLines(columns, rows, (text) => paint('bold', text)),
    '',
    ...failures.map((failure) => `${paint('red', 'wrong:')} ${printable(failure)}`),
    summary(failures.length, paint),
  ];
}

function resultOf({ run, findings, failures }: Verdict, paint: Paint): string {
  if (failures.length > 0) return paint('red', 'wrong');
  const { story } = run.trial.play;
  if (story.kind === 'honest') return paint('green', 'quiet');
  if (findings.some(({ isVisible }) => isVisible)) return paint('green', 'found');
  return story.missed.length > 0 ? paint('yellow', 'known gap') : paint('dim', 'can not see');
}

function alertsOf({ findings, run }: Verdict, total: number): string {
  const told = findings
    .filter(({ delayMs, isFound }) => isFound || delayMs !== undefined)
    .map(nameDelay);
  const others = run.alerts
    .filter(({ rule }) => !findings.some((finding) => finding.rule === rule))
    .map(({ rule, level }) => `${rule} (${level})`);
  const all = [...new Set([...told, ...others])];
  return total === 0 ? '-' : printable(all.join(', '));
}

function nameDelay({ rule, delayMs }: Finding): string {
  return delayMs === undefined ? rule : `${rule} after ${duration(delayMs)}`;
}

function summary(failures: number, paint: Paint): string {
  return failures === 0
    ? paint('green', 'all is as the scenarios say')
    : paint('red', `${counted(failures, 'thing')} not as the scenarios say`);
}

/** The same for machines. */
export function verdictJson(verdicts: readonly Verdict[]): readonly string[] {
  const trials = verdicts.map(({ run, findings, failures }) => ({
    scenario: run.trial.play.story.name,
    sensor: run.trial.encoder.sensor,
    encoder: run.trial.encoder.name,
    system: run.trial.play.host.system,
    records: run.trial.deliveries.length,
    findings: findings.map(({ rule, isVisible, isFound, delayMs, withinMs }) => ({
      rule,
      visible: isVisible,
      found: isFound,
      delayMs: delayMs ?? null,
      withinMs,
    })),
    alerts: run.alerts.map(({ rule, level, time }) => ({
      rule,
      level,
      '@timestamp': new Date(time).toISOString(),
    })),
    failures,
  }));
  return [JSON.stringify({ trials }, undefined, 2)];
}

/** Attacks with their delays and honest days with their alerts, a column for each sensor. */
export function matrixLines(
  { cells, honest, failures }: Matrix,
  stories: readonly Story[],
  paint: Paint,
  encoders: readonly Encoder[],
): readonly string[] {
  const shown = encoders.map(({ sensor }) => sensor);
  const columns = ['scenario', ...shown].map((title) => ({ title }));
  const bold = (text: string): string => paint('bold', text);
  const attacks = stories
    .filter(({ must }) => must.length > 0)
    .map(({ name }) => [
      name,
      ...shown.map((sensor) =>
        cellText(
          cells.find((cell) => cell.scenario === name && cell.sensor === sensor),
          paint,
        ),
      ),
    ]);
  const days = stories
    .filter(({ kind }) => kind === 'honest')
    .map(({ name }) => [
      name,
      ...shown.map((sensor) => {
        const cell = honest.find((each) => each.scenario === name && each.sensor === sensor);
        if (cell === undefined) return paint('dim', '·');
        const { alertsMedium, alertsLow } = cell;
        if (alertsMedium > 0) return paint('red', String(alertsMedium));
        return alertsLow > 0 ? paint('yellow', `(${String(alertsLow)})`) : paint('green', '0');
      }),
    ]);
  return [
    ...tableLines(columns, attacks, bold),
    '',
    ...(days.length === 0 ? [] : [...tableLines(columns, days, bold), '']),
    'attacks: time from the first deed to the alert; · the sensor can not see it, MISSED it should have',
    'honest days: alerts of medium and above; in brackets of low',
    '',
    ...failures.map((failure) => `${paint('red', 'wrong:')} ${printable(failure)}`),
    summary(failures.length, paint),
  ];
}

function cellText(cell: MatrixCell | undefined, paint: Paint): string {
  if (cell === undefined || !cell.visible) return paint('dim', '·');
  if (!cell.found) return paint('red', 'MISSED');
  return paint('green', shortTime(cell.delayMs ?? 0));
}

function shortTime(ms: number): string {
  if (ms < 1_000) return `${String(ms)}ms`;
  if (ms < 120_000) return `${String(Math.round(ms / 1_000))}s`;
  return `${String(Math.round(ms / 60_000))}m`;
}
