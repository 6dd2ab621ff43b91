import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Fault, Stage } from '../fault.ts';
import { pause, until, type InstanceOptions } from '../instance.ts';
import { compare } from '../verdict.ts';
import { Watched } from '../watched.ts';
import { BASE_TIME, launch } from '../workload.ts';

const MIB = 1024 * 1024;
/** 512 MB and a tenth, for which the limits below are set. */
const RESIDENT_BYTES_MAX = 1.1 * 512_000_000;
/** A host that says nothing for a full hour would first have to prove its clock. */
const FLOOD_MS = 58 * 60_000;
const FLOODING_HOSTS = 20;
/** What cannot be live is collected in time: V8 would let it lie until gigabytes are taken. */
const SMALL: InstanceOptions = { env: { NODE_OPTIONS: '--max-old-space-size=320' } };
const RULE_ID = '7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3b0';

/** One group for each host and user, within two hours. */
const RULES = `title: Tool
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3b50
name: tool
logsource: { product: windows, category: process_creation }
detection:
  tool: { Image|endswith: '\\tool.exe' }
  condition: tool
level: informational
---
title: Five Tools of One User
id: ${RULE_ID}
correlation:
  type: event_count
  rules: [tool]
  group-by: [Computer, User]
  timespan: 2h
  condition: { gte: 5 }
level: high
`;

/** Faults of memory: more keys than there is room for. */
export const memoryFaults: readonly Fault[] = [
  {
    id: 'M1',
    fault: 'a flood of distinct group keys in an hour, with and without a kill in the middle',
    run: async (stage) => {
      const plain = await flooded(stage, false);
      const killed = await flooded(stage, true);
      const { missing, extra } = compare(plain.found, killed.found);
      const megabytes = Math.round(Math.max(plain.residentBytes, killed.residentBytes) / MIB);
      return {
        missing,
        extra,
        duplicates: 0,
        also: {
          'what quiet hosts had begun was kept': plain.quietAlerts === QUIET_HOSTS,
          [`evictions are counted and equal (${String(plain.evicted)}, ${String(killed.evicted)})`]:
            plain.evicted === killed.evicted && plain.evicted > 0,
          'a finding names the rule': plain.namesRule && killed.namesRule,
          [`memory stays below the limit (${String(megabytes)} MiB)`]:
            Math.max(plain.residentBytes, killed.residentBytes) < RESIDENT_BYTES_MAX,
        },
      };
    },
  },
];

const QUIET_HOSTS = 10;

interface Flooded {
  readonly found: ReadonlyMap<string, string>;
  readonly evicted: number;
  readonly quietAlerts: number;
  readonly namesRule: boolean;
  readonly residentBytes: number;
}

async function flooded(stage: Stage, isKilled: boolean): Promise<Flooded> {
  const keys = stage.isShort ? 60_000 : 10_000_000;
  const limits = stage.isShort
    ? '{ keys_per_host_max: 500, keys_max: 20000 }'
    : '{ keys_per_host_max: 4000, keys_max: 100000 }';
  const setting = {
    rules: RULES,
    checkpoints: `{ kind: sqlite, every: ${stage.isShort ? '1s' : '10s'} }`,
    more: `limits: ${limits}`,
  };
  await using watched = await Watched.start(stage.folder, setting, SMALL);
  let residentBytes = 0;
  const watch = setInterval(() => {
    residentBytes = Math.max(residentBytes, watched.instance.residentBytes);
  }, 200);
  try {
    const lines = await writeFlood(watched.files, keys);
    const read = async (): Promise<number> =>
      (await watched.status.metric('tidegate_input_position')) - 1;
    const limitMs = stage.isShort ? 120_000 : 3_600_000;
    if (isKilled) {
      await until(async () => (await read()) > lines / 2, limitMs);
      await watched.killed();
    }
    await until(async () => (await read()) >= lines, limitMs);
    // What waits for the lateness has its turn when the log is silent.
    const isQuiet = async (): Promise<boolean> =>
      (await watched.status.metric('tidegate_waiting_events')) === 0;
    await until(isQuiet, 60_000);
    await pause(1_000);
    const evicted = await watched.status.metric('tidegate_evicted_keys');
    const sentences = watched.sentences();
    return {
      found: watched.found(),
      evicted,
      quietAlerts: sentences.filter((sentence) => sentence.includes('quiet-')).length,
      namesRule: sentences.some((sentence) => sentence.includes(`(rule ${RULE_ID})`)),
      residentBytes,
    };
  } finally {
    clearInterval(watch);
  }
}

/** Quiet hosts begin, others flood for an hour, and the quiet ones go on. Gives the lines. */
async function writeFlood(folder: string, keys: number): Promise<number> {
  let lines = 0;
  function* flood(): Generator<string> {
    const quiet = function* (from: number, to: number, at: number): Generator<string> {
      for (let host = 0; host < QUIET_HOSTS; host++) {
        for (let index = from; index < to; index++) {
          const time = BASE_TIME + at + index * 1_000;
          yield line(`quiet-${String(host)}`, time, index, 'somebody');
        }
      }
    };
    yield* quiet(0, 4, 0);
    for (let key = 0; key < keys; key++) {
      const time = BASE_TIME + 10_000 + Math.floor((key * FLOOD_MS) / keys);
      yield line(`flood-${String(key % FLOODING_HOSTS)}`, time, key, `user-${String(key)}`);
    }
    yield* quiet(4, 5, FLOOD_MS + 20_000);
  }
  function line(host: string, time: number, record: number, user: string): string {
    lines += 1;
    return `${launch({ host, time, record, image: 'tool', user }).line}\n`;
  }
  // Moved there when it is whole.
  const path = join(folder, '..', 'flood.ndjson');
  const source = Readable.from(flood(), { objectMode: true, highWaterMark: 1_000 });
  await pipeline(source, createWriteStream(path));
  await rename(path, join(folder, 'flood.ndjson'));
  return lines;
}
