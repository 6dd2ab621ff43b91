// Runs two command lines in turn (A B A B) and prints the ratio of their processor time, and per rule what they
// find differently. See HELP.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import { median } from '../src/bench/cpu.ts';
import { differences, type RuleCounts } from './compare-rules.ts';

const HELP = `bench/compare --ours COMMAND --theirs COMMAND [--rounds 5] [--json]
  [--input FILE --sample FILE] [--ours-rule rule.id --theirs-rule rule_id] [--explained FILE]

{} in a command stands for the input. With --sample, which has some of the input's lines, each round runs both
commands on both files: what the sample costs (start-up, rules, programs of every log source) is taken off, and
rates are those of the lines that the input has more. With --ours-rule and --theirs-rule, paths to the rule's id in
the JSON lines that the commands print, rules are listed whose counts differ; --explained names a JSON file
of reasons and the rules that differ for them: {"why": ["RULE ID"]}.
`;

/** One run of a command line. */
export interface Run {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly lines: number;
  /** Lines by rule; empty unless asked for. */
  readonly rules: RuleCounts;
}

/** Both sides, with medians over the rounds. */
export interface Comparison {
  readonly ours: Side;
  readonly theirs: Side;
  /** How many times as much processor time the other one takes: the median of the rounds. */
  readonly ratio: number;
  /** The ratio of each round, lowest and highest. */
  readonly ratioMin: number;
  readonly ratioMax: number;
  /** Not empty if a command did not print as many lines in every round. */
  readonly disagreements: readonly string[];
}

export interface Side {
  readonly runs: readonly Run[];
  /** Of each round: what the runs took, without what the sample took. */
  readonly netCpuSeconds: readonly number[];
  readonly cpuSeconds: number;
  /** Lines of the input for each of these seconds; undefined where the input is not known. */
  readonly eventsPerCpuSecond: number | undefined;
}

export interface CompareOptions {
  readonly ours: Command;
  readonly theirs: Command;
  readonly rounds: number;
  readonly input?: string;
  readonly sample?: string;
}

export interface Command {
  readonly line: string;
  /** Path to the rule's id in each line that it prints. */
  readonly rule?: string;
}

// Node reports the use of its own process only. `times` of the shell (POSIX) counts all children that
// it has waited for, and theirs: the second line is user and system time, as in 0m1.234s 0m0.056s.
const MEASURED = 'sh -c "$1" 3>&-; code=$?; times >&3; exit $code';

/** Runs a command line in a shell, and counts the lines that it prints, by rule if a path is given. */
export async function measure({ line: command, rule }: Command): Promise<Run> {
  const started = performance.now();
  const child = spawn('sh', ['-c', MEASURED, 'compare', command], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [, output, , report] = child.stdio;
  if (output === null || report === undefined || report === null || !('read' in report)) {
    throw new Error('the shell has no output');
  }
  let lines = 0;
  const rules = new Map<string, number>();
  createInterface({ input: output, crlfDelay: Infinity }).on('line', (printed) => {
    lines += 1;
    if (rule === undefined) return;
    const id = String(valueAt(JSON.parse(printed), rule));
    rules.set(id, (rules.get(id) ?? 0) + 1);
  });
  const [times, [code]] = await Promise.all([
    text(report),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`exit code ${String(code)}: ${command}`);
  const seconds = (performance.now() - started) / 1000;
  return { cpuSeconds: cpuSecondsOf(times), seconds, lines, rules };
}

function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }
  return found;
}

function cpuSecondsOf(times: string): number {
  const fields = [...(times.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (fields.length !== 2) throw new Error(`the shell's times cannot be read: ${times}`);
  return fields.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
}

interface Round {
  readonly whole: Run;
  /** Processor time on the sample. */
  readonly sampled: number;
}

/** A round that is not counted fills the file cache; then they take turns. */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const rounds: { readonly ours: Round; readonly theirs: Round }[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const both = await runBoth(options);
    if (round > 0) rounds.push(both);
  }
  const lines = await linesMeasured(options);
  const ours = sideOf(
    rounds.map((round) => round.ours),
    lines,
  );
  const theirs = sideOf(
    rounds.map((round) => round.theirs),
    lines,
  );
  const ratios = ours.netCpuSeconds.map((cpu, round) => (theirs.netCpuSeconds[round] ?? 0) / cpu);
  return {
    ours,
    theirs,
    ratio: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    disagreements: [...disagreements('ours', ours.runs), ...disagreements('theirs', theirs.runs)],
  };
}

async function runBoth(options: CompareOptions): Promise<{ ours: Round; theirs: Round }> {
  const { input, sample } = options;
  const on = (command: Command, file: string | undefined): Promise<Run> =>
    measure({ ...command, line: command.line.replaceAll('{}', file ?? '{}') });
  const ours = await on(options.ours, input);
  const theirs = await on(options.theirs, input);
  const cpuOf = async (command: Command): Promise<number> =>
    sample === undefined ? 0 : (await on(command, sample)).cpuSeconds;
  return {
    ours: { whole: ours, sampled: await cpuOf(options.ours) },
    theirs: { whole: theirs, sampled: await cpuOf(options.theirs) },
  };
}

function sideOf(rounds: readonly Round[], lines: number | undefined): Side {
  const netCpuSeconds = rounds.map(({ whole, sampled }) => whole.cpuSeconds - sampled);
  const cpuSeconds = median(netCpuSeconds);
  return {
    runs: rounds.map(({ whole }) => whole),
    netCpuSeconds,
    cpuSeconds,
    eventsPerCpuSecond: lines === undefined ? undefined : lines / cpuSeconds,
  };
}

async function linesMeasured({ input, sample }: CompareOptions): Promise<number | undefined> {
  if (input === undefined) return undefined;
  return (await linesOf(input)) - (sample === undefined ? 0 : await linesOf(sample));
}

async function linesOf(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}

function disagreements(name: string, runs: readonly Run[]): string[] {
  const counts = new Set(runs.map((run) => run.lines));
  return counts.size <= 1 ? [] : [`${name} printed ${[...counts].join(', ')} lines`];
}

function describe(name: string, { runs, netCpuSeconds, cpuSeconds, ...side }: Side): string {
  const spread = `${Math.min(...netCpuSeconds).toFixed(2)}-${Math.max(...netCpuSeconds).toFixed(2)}`;
  const rate = side.eventsPerCpuSecond;
  const events = rate === undefined ? '' : `, ${Math.round(rate).toLocaleString('en-US')} events/s`;
  return (
    `${name.padEnd(7)} ${cpuSeconds.toFixed(2).padStart(8)} CPU s (${spread})${events}, ` +
    `${runs[0]?.lines ?? 0} lines\n`
  );
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ours: { type: 'string' },
      theirs: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      input: { type: 'string' },
      sample: { type: 'string' },
      'ours-rule': { type: 'string' },
      'theirs-rule': { type: 'string' },
      explained: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { input, sample, explained } = values;
  const rounds = Number(values.rounds);
  if (values.ours === undefined || values.theirs === undefined || !(rounds >= 1)) {
    process.stderr.write(HELP);
    return 2;
  }
  const command = (line: string, rule: string | undefined): Command => ({
    line,
    ...(rule === undefined ? {} : { rule }),
  });
  const found = await compare({
    ours: command(values.ours, values['ours-rule']),
    theirs: command(values.theirs, values['theirs-rule']),
    rounds,
    ...(input === undefined ? {} : { input }),
    ...(sample === undefined ? {} : { sample }),
  });
  const differing = differences(found.ours.runs[0]?.rules, found.theirs.runs[0]?.rules, explained);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...found, differing })}\n`);
  else process.stdout.write(report(found, differing));
  for (const line of found.disagreements) {
    process.stderr.write(`the figures do not count: ${line}\n`);
  }
  return found.disagreements.length === 0 ? 0 : 1;
}

function report(found: Comparison, differing: ReturnType<typeof differences>): string {
  const spread = `${found.ratioMin.toFixed(2)}-${found.ratioMax.toFixed(2)}`;
  const { equal, rules } = differing;
  return [
    describe('ours', found.ours),
    describe('theirs', found.theirs),
    `theirs takes ${found.ratio.toFixed(2)} times the processor time of ours (${spread})\n`,
    equal + rules.length === 0
      ? ''
      : `rules with equal counts: ${equal}; with others: ${rules.length}\n`,
    ...rules
      .toSorted((one, other) => (one.why ?? '').localeCompare(other.why ?? ''))
      .map(
        ({ rule, ours, theirs, why }) =>
          `  ${rule}  ours ${ours}, theirs ${theirs}: ${why ?? 'NOT EXPLAINED'}\n`,
      ),
  ].join('');
}

if (import.meta.main) process.exitCode = await main();
