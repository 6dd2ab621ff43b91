// What checkpoints of lineage cost, and how far apart they must be to cost a twentieth of a core.
// Run: node bench/checkpoint.bench.ts [--hosts N] [--processes N] [--rounds N]
import { parseArgs } from 'node:util';

import { median, Stopwatch } from '../src/bench/cpu.ts';
import { packState } from '../src/checkpoints/pack.ts';
import { LineageTracker, LINEAGE_LIMITS } from '../src/enrichment/lineage.ts';
import type { ProcessFacts, TelemetryEvent } from '../src/event/event.ts';
import { logsource } from '../src/event/logsource.ts';
import { policyOf } from '../test/engine/matching/sample.ts';

/** The cost of one task's checkpoints. */
export interface CheckpointCost {
  readonly rows: number;
  /** Of the first, which is written whole. */
  readonly bytes: number;
  /** Medians of later ones, each after one more process on every host. */
  readonly bytesWritten: number;
  readonly cpuSeconds: number;
  /** With all of it in one process: the time between two checkpoints that costs a twentieth of a core. */
  readonly secondsBetween: number;
}

const source = logsource('bench', ['process_creation'], []);

/** Fills a lineage table and takes checkpoints of it. */
export async function measureCheckpoints(options: {
  readonly hosts: number;
  readonly processes: number;
  readonly rounds: number;
}): Promise<CheckpointCost> {
  const { hosts, processes, rounds } = options;
  const tracker = new LineageTracker(policyOf({}), { ...LINEAGE_LIMITS, rowsMax: 10_000_000 });
  for (let number = 0; number < processes; number++) launchEverywhere(tracker, hosts, number);
  const cpu: number[] = [];
  const written: number[] = [];
  let kept: ReadonlyMap<string, number> = new Map();
  let bytes = 0;
  for (let round = 0; round <= rounds; round++) {
    if (round > 0) launchEverywhere(tracker, hosts, processes + round);
    const watch = new Stopwatch();
    const state = { trackers: [[tracker.name, tracker.snapshot()]] };
    const packed = await packState(checkpointOf(state), kept, async () => undefined);
    const { cpuSeconds } = watch.lap();
    kept = packed.sizes;
    if (round === 0) bytes = packed.bytes;
    else {
      cpu.push(cpuSeconds);
      written.push(packed.bytesWritten);
    }
  }
  const cpuSeconds = median(cpu);
  return {
    rows: hosts * processes,
    bytes,
    bytesWritten: median(written),
    cpuSeconds,
    secondsBetween: cpuSeconds / 0.05,
  };
}

function launchEverywhere(tracker: LineageTracker, hosts: number, number: number): void {
  for (let host = 0; host < hosts; host++) tracker.observe(launch(`host-${String(host)}`, number));
}

function checkpointOf(state: unknown): Parameters<typeof packState>[0] {
  const engine = { version: 1, state };
  return { epoch: 'bench', tasks: 1, inputs: [], marks: 0, engine, fragments: [] };
}

function launch(host: string, number: number): TelemetryEvent {
  const time = Date.UTC(2026, 2, 3) + number * 1000;
  const guid = `{${host}-0000-${String(number).padStart(12, '0')}}`;
  const executable = `C:\\Program Files\\Vendor ${String(number % 40)}\\tool-${String(number % 90)}.exe`;
  const facts: ProcessFacts = {
    guid,
    pid: 1000 + number,
    start: time,
    executable,
    commandLine: `"${executable}" --task ${String(number)} --type=renderer`,
    parent: { guid: `{${host}-0000-${String(number >> 1).padStart(12, '0')}}`, pid: 1000 },
  };
  const position = { source: 'bench', partition: 0, offset: number };
  return {
    id: guid,
    time,
    host,
    logsource: source,
    activity: 'process_start',
    sensor: 'bench',
    position,
    origin: { record: { payload: null, position }, index: 0 },
    derived: new Map(),
    get: () => undefined,
    someValue: () => false,
    process: () => facts,
    document: () => ({}),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '5000' },
      processes: { type: 'string', default: '300' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const cost = await measureCheckpoints({
    hosts: Number(values.hosts),
    processes: Number(values.processes),
    rounds: Number(values.rounds),
  });
  process.stdout.write(`${JSON.stringify(cost, undefined, 2)}\n`);
}
