// Runs two command lines in turn (A B A B) and prints the ratio of their processor time.
// bench/compare --ours 'tidegate scan ...' --theirs 'rsigma engine eval ...' [--rounds 5] [--json]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import { median } from '../src/bench/cpu.ts';

/** One run of a command line. */
export interface Run {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly lines: number;
}

/** Both sides, with medians over the rounds. */
export interface Comparison {
  readonly ours: readonly Run[];
  readonly theirs: readonly Run[];
  readonly oursCpuSeconds: number;
  readonly theirsCpuSeconds: number;
  /** How many times as much processor time the other one takes. */
  readonly ratio: number;
  /** The ratio of each round, lowest and highest. */
  readonly ratioMin: number;
  readonly ratioMax: number;
  /** Not empty if a command did not print as many lines in every round. */
  readonly disagreements: readonly string[];
}

// Node reports the use of its own process only. `times` of the shell (POSIX) counts all children that
// it has waited for, and theirs: the second line is user and system time, as in 0m1.234s 0m0.056s.
const MEASURED = 'sh -c "$1" 3>&-; code=$?; times >&3; exit $code';

/** Runs a command line in a shell, and counts the lines that it prints. */
export async function measure(command: string): Promise<Run> {
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
  output.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) lines += 1;
  });
  const [times, [code]] = await Promise.all([
    text(report),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`exit code ${String(code)}: ${command}`);
  const seconds = (performance.now() - started) / 1000;
  return { cpuSeconds: cpuSecondsOf(times), seconds, lines };
}

function cpuSecondsOf(times: string): number {
  const fields = [...(times.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (fields.length !== 2) throw new Error(`the shell's times cannot be read: ${times}`);
  return fields.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
}

/** A round that is not counted fills the file cache; then they take turns. */
export async function compare(options: {
  readonly ours: string;
  readonly theirs: string;
  readonly rounds: number;
}): Promise<Comparison> {
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const one = await measure(options.ours);
    const other = await measure(options.theirs);
    if (round === 0) continue;
    ours.push(one);
    theirs.push(other);
  }
  const cost = (runs: readonly Run[]): number => median(runs.map((run) => run.cpuSeconds));
  const ratios = ours.map((run, round) => (theirs[round]?.cpuSeconds ?? 0) / run.cpuSeconds);
  return {
    ours,
    theirs,
    oursCpuSeconds: cost(ours),
    theirsCpuSeconds: cost(theirs),
    ratio: cost(theirs) / cost(ours),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    disagreements: [...disagreements('ours', ours), ...disagreements('theirs', theirs)],
  };
}

function disagreements(name: string, runs: readonly Run[]): string[] {
  const counts = new Set(runs.map((run) => run.lines));
  return counts.size <= 1 ? [] : [`${name} printed ${[...counts].join(', ')} lines`];
}

function describe(name: string, runs: readonly Run[], cpuSeconds: number): string {
  const all = runs.map((run) => run.cpuSeconds);
  const spread = `${Math.min(...all).toFixed(2)}-${Math.max(...all).toFixed(2)}`;
  return `${name.padEnd(7)} ${cpuSeconds.toFixed(2).padStart(8)} CPU s (${spread}), ${runs[0]?.lines ?? 0} lines\n`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ours: { type: 'string' },
      theirs: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (values.ours === undefined || values.theirs === undefined || !(rounds >= 1)) {
    process.stderr.write(
      "bench/compare --ours 'COMMAND' --theirs 'COMMAND' [--rounds 5] [--json]\n",
    );
    return 2;
  }
  const found = await compare({ ours: values.ours, theirs: values.theirs, rounds });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
  } else {
    process.stdout.write(describe('ours', found.ours, found.oursCpuSeconds));
    process.stdout.write(describe('theirs', found.theirs, found.theirsCpuSeconds));
    const spread = `${found.ratioMin.toFixed(2)}-${found.ratioMax.toFixed(2)}`;
    process.stdout.write(
      `theirs takes ${found.ratio.toFixed(2)} times the processor time of ours (${spread})\n`,
    );
  }
  for (const text of found.disagreements)
    process.stderr.write(`the figures do not count: ${text}\n`);
  return found.disagreements.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
