// `npm run chaos`: faults with seeds, each held against the uninterrupted run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createRandom } from '../../src/simulation/prng.ts';
import { ServicesUnavailable } from '../integration/services/unavailable.ts';
import { baselineOf } from './baseline.ts';
import type { Fault, Outcome, Stage } from './fault.ts';
import { brokerFaults } from './faults/brokers.ts';
import { diskFaults } from './faults/disk.ts';
import { elasticsearchFaults } from './faults/elasticsearch.ts';
import { groupFaults } from './faults/group.ts';
import { inputFaults } from './faults/input.ts';
import { memoryFaults } from './faults/memory.ts';
import { operationsFaults } from './faults/operations.ts';
import { poisonFaults } from './faults/poison.ts';
import { processFaults } from './faults/process.ts';
import { simulationFaults } from './faults/simulation.ts';
import { timeFaults } from './faults/time.ts';
import { Servers } from './servers.ts';

/** Those without servers first, then those that share one, so that each server starts once. */
const faults: readonly Fault[] = [
  ...simulationFaults,
  ...processFaults,
  ...inputFaults,
  ...timeFaults,
  ...memoryFaults,
  ...operationsFaults,
  ...diskFaults,
  ...groupFaults,
  ...poisonFaults,
  ...brokerFaults,
  ...elasticsearchFaults,
];

/** Rows under way at the same time. */
const LANES = 2;

const HELP = `usage: npm run chaos -- [--short] [--json] [--seed N] [--only ID,ID]

Runs the detector as a service through faults and compares ids, final counts and documents of its
alerts with those of an uninterrupted run: 0 missing, 0 extra, 0 duplicates. The rows are named as in
the table of faults. A failing row prints its seed; --seed repeats it.

  --short       fewer events and strikes, and not the rows that take long, for every change
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

type Terms = Pick<Stage, 'seed' | 'events' | 'strikes' | 'isShort' | 'servers' | 'baseline'>;

async function runFault(fault: Fault, terms: Terms): Promise<Run> {
  const { seed } = terms;
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
    const random = createRandom(`${fault.id}/${String(seed)}`);
    const outcome = await fault.run({ ...terms, folder, random });
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

/** Rows that may run beside each other; most of their time they wait. */
function batchesOf(chosen: readonly Fault[]): readonly (readonly Fault[])[] {
  const batches: Fault[][] = [];
  let wasAlone = true;
  for (const fault of chosen) {
    const { isAlone = false } = fault;
    if (isAlone || wasAlone) batches.push([fault]);
    else batches.at(-1)?.push(fault);
    wasAlone = isAlone;
  }
  return batches;
}

/** The runs in the order of the rows. */
async function runTogether(together: readonly Fault[], terms: Terms): Promise<readonly Run[]> {
  const runs = new Map<Fault, Run>();
  const waiting = [...together];
  const lane = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const run = await runFault(fault, terms);
      runs.set(fault, run);
      tell(run);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return together.flatMap((fault) => runs.get(fault) ?? []);
}

function tell(run: Run): void {
  const numbers = `missing ${run.missing}, extra ${run.extra}, duplicates ${run.duplicates}`;
  process.stderr.write(
    `${run.ok ? 'ok    ' : 'FAILED'} ${run.id.padEnd(13)} ${numbers} (${run.seconds} s, seed ${run.seed}) ${run.fault}\n`,
  );
  for (const reason of run.reasons) process.stderr.write(`       ${reason}\n`);
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
  const isShort = values.short;
  const events = isShort ? 20_000 : 1_000_000;
  await using servers = new Servers();
  await using baseline = baselineOf(seed, events);
  const { found } = baseline;
  const terms = { seed, events, strikes: isShort ? 3 : 20, isShort, servers, baseline: found };
  const chosen = faults.filter(({ id, isLong = false }) =>
    only === undefined ? !(isShort && isLong) : only.includes(id),
  );
  const runs: Run[] = [];
  for (const together of batchesOf(chosen)) {
    const results = await runTogether(together, terms);
    runs.push(...results);
    // Nobody knows in which state a row that failed has left them.
    if (results.some(({ ok }) => !ok)) await servers[Symbol.asyncDispose]();
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ runs })}\n`);
  return runs.every(({ ok }) => ok) ? 0 : 1;
}

process.exitCode = await main();
