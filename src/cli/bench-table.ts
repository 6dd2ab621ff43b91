import type { BenchReport, Gain, Rate, WorkersReport } from '../bench/report.ts';
import { count, counted } from './format.ts';
import { tableLines } from './table.ts';
import type { painter } from './terminal-text.ts';

const MEGABYTE = 1e6;

/** The figures of one lane for people: rates next to the control, and where the time goes. */
export function benchTable(
  report: BenchReport,
  paint: ReturnType<typeof painter>,
): readonly string[] {
  const title = (text: string): string => paint('bold', text);
  const heading =
    `lane ${report.lane}: ${counted(report.events, 'event')} of ${counted(report.records, 'record')}, ` +
    `${megabytes(report.inputBytes)}; ${counted(report.rules, 'rule')}; ` +
    `median of ${counted(report.rounds, 'round')}`;
  return [
    title(heading),
    '',
    ...rateLines(report, title),
    '',
    ...stageLines(report, title),
    '',
    ...noteLines(report),
    '',
    ...(report.workers === undefined ? [] : [...workerLines(report.workers, title), '']),
  ];
}

function rateLines(report: BenchReport, title: (text: string) => string): readonly string[] {
  const { parseOnly, sigma, product } = report;
  const row = (name: string, rate: Rate): string[] => [
    name,
    count(rate.eventsPerCpuSecond),
    `${count(rate.eventsPerCpuSecondMin)}-${count(rate.eventsPerCpuSecondMax)}`,
    count(rate.eventsPerSecond),
    count(rate.megabytesPerCpuSecond),
    count(rate.nsPerEvent),
    rate.ofParse.toFixed(2),
  ];
  return tableLines(
    [
      { title: '' },
      { title: 'events/CPU-s', align: 'right' },
      { title: 'slowest-fastest', align: 'right' },
      { title: 'events/s', align: 'right' },
      { title: 'MB/CPU-s', align: 'right' },
      { title: 'CPU ns/event', align: 'right' },
      { title: 'of JSON.parse', align: 'right' },
    ],
    [
      row('JSON.parse alone', parseOnly),
      row('decode + rules', sigma),
      row('whole product', product),
    ],
    title,
  );
}

const STAGES = [
  ['decode', 'records to events'],
  ['route', 'to the rules of its log source'],
  ['match', 'rules on single events'],
  ['windows', 'order in event time, lineage, correlations'],
  ['alert', 'identity, redaction, documents'],
] as const;

function stageLines(report: BenchReport, title: (text: string) => string): readonly string[] {
  const { stages } = report;
  const whole = STAGES.reduce((sum, [name]) => sum + stages[name], 0);
  return tableLines(
    [
      { title: 'stage' },
      { title: 'CPU ns/event', align: 'right' },
      { title: 'share', align: 'right' },
      { title: '' },
    ],
    [
      ['read', count(stages.read), '', 'files, decompression, lines; before the rounds'],
      ...STAGES.map(([name, what]) => [
        name,
        count(stages[name]),
        `${((100 * stages[name]) / whole).toFixed(0)} %`,
        what,
      ]),
    ],
    title,
  );
}

function workerLines(
  { workers, parse, sigma, product }: WorkersReport,
  title: (text: string) => string,
): readonly string[] {
  const row = (name: string, gain: Gain): string[] => [
    name,
    gain.gain.toFixed(2),
    `${gain.gainMin.toFixed(2)}-${gain.gainMax.toFixed(2)}`,
    gain.ofParse.toFixed(2),
    gain.gainByProcessor.toFixed(2),
    gain.ofParseByProcessor.toFixed(2),
  ];
  return tableLines(
    [
      { title: `${workers} workers` },
      { title: 'gain', align: 'right' },
      { title: 'least-most', align: 'right' },
      { title: 'of JSON.parse', align: 'right' },
      { title: 'by processor time', align: 'right' },
      { title: 'of JSON.parse', align: 'right' },
    ],
    [row('JSON.parse alone', parse), row('decode + rules', sigma), row('whole product', product)],
    title,
  );
}

function noteLines(report: BenchReport): readonly string[] {
  const refused = report.refused === 0 ? '' : `, ${counted(report.refused, 'record')} refused`;
  return [
    `found: ${counted(report.matches, 'match', 'matches')}, ${counted(report.alerts, 'alert')}${refused}` +
      (report.disagreements.length === 0 ? ', the same in every round' : ''),
    `whole product: ${report.productRatio.toFixed(2)} of decode + rules; ` +
      `first round, all cold: ${count(report.coldEventsPerCpuSecond)} events/CPU-s of decode + rules`,
    `rules ready for the first event in ${report.loadCpuSeconds.toFixed(2)} CPU s, ` +
      `for further log sources in ${report.programsCpuSeconds.toFixed(2)} CPU s more; ` +
      `peak memory ${megabytes(report.rssBytes)}, of it ${megabytes(report.inputBytes)} input`,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
