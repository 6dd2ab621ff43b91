// `npm run chaos`: faults with seeds, each held against the uninterrupted run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createRandom } from '../../src/simulation/prng.ts';
import { ServicesUnavailable } from '../integration/services/unavailable.ts';
import type { Fault, Outcome } from './fault.ts';
import { diskFaults } from './faults/disk.ts';
import { inputFaults } from './faults/input.ts';
import { kafkaFaults } from './faults/kafka.ts';
import { processFaults } from './faults/process.ts';
import { simulationFaults } from './faults/simulation.ts';

const faults: readonly Fault[] = [
  ...simulationFaults,
  ...processFaults,
  ...inputFaults,
  ...diskFaults,
  ...kafkaFaults,
];

const HELP = `usage: npm run chaos -- [--short] [--json] [--seed N] [--only ID,ID]

Runs the detector as a service through faults and compares ids, final counts and documents of its
alerts with those of an uninterrupted run: 0 missing, 0 extra, 0 duplicates. The rows are named as in
the table of faults. A failing row prints its seed; --seed repeats it.

  --short       fewer events and strikes, for every change
  --json        {"runs":[{"id","fault","seed","missing","extra","duplicates","ok"}]}
  --only ID     some rows: ${faults.map(({ id }) => id).join(', ')}

Exit codes: 0 every row holds, 1 a row does not, 2 wrong usage.
`;

interface Run extends Omit<Outcome, 'also'> {
  readonly id: string;
  readonly fault: string;
  readonly seed: number;
  readonly ok: boolean;
  readonly seconds: number;
  /** What else does not hold, or the error that ended the run. */
  readonly reasons: readonly string[];
}

async function runFault(fault: Fault, seed: number, isShort: boolean): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-chaos-'));
  const began = performance.now();
  const result = (outcome: Outcome, reasons: readonly string[]): Run => {
    const { missing, extra, duplicates } = outcome;
    const isEqual = missing === 0 && extra === 0 && duplicates === 0;
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const ok = isEqual && reasons.length === 0;
    return {
      id: fault.id,
      fault: fault.fault,
      seed,
      missing,
      extra,
      duplicates,
      ok,
      seconds,
      reasons,
    };
  };
  try {
    const outcome = await fault.run({
      folder,
      seed,
      random: createRandom(`${fault.id}/${String(seed)}`),
      events: isShort ? 20_000 : 1_000_000,
      strikes: isShort ? 3 : 20,
      isShort,
    });
    const unmet = Object.entries(outcome.also ?? {}).filter(([, holds]) => !holds);
    return result(
      outcome,
      unmet.map(([name]) => `does not hold: ${name}`),
    );
  } catch (error) {
    // Where a server can not be had nothing is shown, and that is no success.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const reason = error instanceof ServicesUnavailable ? `not available: ${error.message}` : text;
    return result({ missing: 0, extra: 0, duplicates: 0 }, [reason]);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',');
  const unknown = (only ?? []).filter((id) => !faults.some((fault) => fault.id === id));
  const seed = Number(values.seed);
  if (values.help || unknown.length > 0 || !Number.isSafeInteger(seed)) {
    if (unknown.length > 0) process.stderr.write(`no fault is named ${unknown.join(', ')}\n`);
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const runs: Run[] = [];
  for (const fault of faults.filter(({ id }) => only === undefined || only.includes(id))) {
    const run = await runFault(fault, seed, values.short);
    runs.push(run);
    const numbers = `missing ${run.missing}, extra ${run.extra}, duplicates ${run.duplicates}`;
    process.stderr.write(
      `${run.ok ? 'ok    ' : 'FAILED'} ${run.id.padEnd(9)} ${numbers} (${run.seconds} s, seed ${seed}) ${run.fault}\n`,
    );
    for (const reason of run.reasons) process.stderr.write(`       ${reason}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ runs })}\n`);
  return runs.every(({ ok }) => ok) ? 0 : 1;
}

process.exitCode = await main();
