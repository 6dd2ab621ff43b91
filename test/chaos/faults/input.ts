import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Fault, Stage } from '../fault.ts';
import { configure, runToEnd } from '../instance.ts';
import { alertsOf, compare, type Found } from '../verdict.ts';
import { BASE_TIME, launch, launches, shuffled, type Launch } from '../workload.ts';

const LATENESS_MS = 5_000;

/** Runs over these lines in a state of their own; ids and counts are compared. */
export async function outcomeOf(
  stage: Stage,
  lines: readonly (string | Uint8Array)[],
): Promise<Found> {
  const folder = mkdtempSync(join(stage.folder, 'run-'));
  const file = join(folder, 'events.ndjson');
  const newline = Buffer.from('\n');
  writeFileSync(file, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), newline])));
  await runToEnd(configure(folder, { source: `{ kind: file, paths: [${file}] }` }));
  return alertsOf(join(folder, 'state', 'alerts.db'), 'counts');
}

/** Refused records that a run with this state has kept. */
function lettersIn(stage: Stage): number {
  const runs = readdirSync(stage.folder).filter((name) => name.startsWith('run-'));
  return runs.reduce((sum, run) => {
    const path = join(stage.folder, run, 'state', 'dead-letter.ndjson');
    return sum + readFileSync(path, 'utf8').split('\n').length - 1;
  }, 0);
}

/** What stands in the file. */
export function linesOf(all: readonly Launch[]): readonly string[] {
  return all.map(({ line }) => line);
}

/** Puts lines at random places among others. */
function sprinkled<T>(lines: readonly T[], more: readonly T[], { random }: Stage): readonly T[] {
  const result = [...lines];
  for (const line of more) result.splice(random.integer(0, result.length), 0, line);
  return result;
}

/** Faults of what comes in. */
export const inputFaults: readonly Fault[] = [
  {
    id: 'T1',
    fault: 'a tenth of the records is delivered again',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const expected = await stage.baseline();
      const lines = [...linesOf(all)];
      for (let again = 0; again < all.length / 10; again++) {
        const from = stage.random.integer(0, lines.length - 1);
        const line = lines[from];
        const to = Math.min(lines.length, from + stage.random.integer(1, 60));
        if (line !== undefined) lines.splice(to, 0, line);
      }
      // A copied line in a file is another line: the sensor's record number makes it one event.
      return compare(expected, await outcomeOf(stage, lines));
    },
  },
  {
    id: 'T2',
    fault: 'records arrive out of order within the lateness',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const expected = await stage.baseline();
      const late = shuffled(all, stage.random, LATENESS_MS);
      return compare(expected, await outcomeOf(stage, linesOf(late)));
    },
  },
  {
    id: 'T4',
    fault: "one host's clock is wrong: ten years ahead, behind, in 1970, in the year 9999",
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const honest = all.filter(({ host }) => host !== 'host-1');
      const expected = await outcomeOf(stage, linesOf(honest));
      const wrong = [Date.UTC(2036, 2, 3), Date.UTC(2016, 2, 3), 0, Date.UTC(9999, 11, 31)];
      const forged = all
        .filter(({ host }) => host === 'host-1')
        .map(({ line, time }, index) => {
          if (index % 3 !== 0) return line;
          const claimed = (wrong[index % wrong.length] ?? 0) + index;
          const asText = (at: number): string =>
            new Date(at).toISOString().slice(0, 23).replace('T', ' ');
          return line.replace(asText(time), asText(claimed));
        });
      const found = await outcomeOf(stage, sprinkled(linesOf(honest), forged, stage));
      const others = new Map([...found].filter(([id]) => expected.has(id)));
      return compare(expected, others);
    },
  },
  {
    id: 'M2',
    fault: 'four events of a target, 20,000 other hosts and users, then the fifth',
    run: async (stage) => {
      const burst = (from: number, count: number): readonly string[] =>
        Array.from({ length: count }, (_, index) => {
          const time = Date.UTC(2026, 2, 3) + from + index * 100;
          const parts = { host: 'target', time, record: from + index, image: 'tool', user: 'u' };
          return launch(parts).line;
        });
      const flood = Array.from({ length: 20_000 }, (_, index) => {
        const time = Date.UTC(2026, 2, 3) + 1000 + Math.floor(index / 10);
        const host = `flood-${String(index)}`;
        return launch({ host, time, record: index, image: 'tool', user: `u${String(index)}` }).line;
      });
      const quiet = [...burst(0, 3), ...burst(5000, 2)];
      const expected = await outcomeOf(stage, quiet);
      const found = await outcomeOf(stage, [...burst(0, 3), ...flood, ...burst(5000, 2)]);
      const target = new Map([...found].filter(([id]) => expected.has(id)));
      return { ...compare(expected, target), also: { 'there was an alert': expected.size > 0 } };
    },
  },
  {
    id: 'P1',
    fault: 'poison: no JSON, cut JSON, lists, numbers, invalid UTF-8, deep nesting, huge lines',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const expected = await stage.baseline();
      const poison: readonly (string | Uint8Array)[] = [
        'null',
        '[]',
        '17',
        '{"EventID": 1,',
        'no JSON at all',
        `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
        JSON.stringify({ text: 'x'.repeat(10_000_000) }),
        new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
        new Uint8Array([0x1f, 0x8b, 0x08, 0x00]),
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      ];
      const lines = sprinkled<string | Uint8Array>(linesOf(all), poison, stage);
      const found = await outcomeOf(stage, lines);
      return {
        ...compare(expected, found),
        also: { 'each was kept with its reason': lettersIn(stage) === poison.length },
      };
    },
  },
  {
    id: 'P2',
    fault: 'invalid UTF-8, lone surrogates and NUL in command lines',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events / 4);
      const odd = ['\\ud800', '\\u0000', '\\udc00\\ud800', '\\u001b[31m'].map((text, index) =>
        oddLaunch(index, (line) => line.replace('--run', text)),
      );
      const plain = odd.map((_, index) => oddLaunch(index, (line) => line));
      const raw = Buffer.from(oddLaunch(9, (line) => line));
      raw[raw.indexOf('--run')] = 0xff;
      // A text's oddity changes neither which event it is nor whether rules see it.
      const expected = await outcomeOf(stage, [...linesOf(all), ...plain]);
      const letters = lettersIn(stage);
      const found = await outcomeOf(stage, [...linesOf(all), ...odd, raw]);
      return {
        ...compare(expected, found),
        also: { 'what is not UTF-8 was kept': lettersIn(stage) === letters + 1 },
      };
    },
  },
  {
    id: 'P3',
    fault: 'names of prototypes in every record, 200,000 names in one, texts of 10 MB',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const tricks = '"__proto__":{"Image":"x"},"constructor":{"prototype":{"polluted":true}}';
      const names = Array.from({ length: 200_000 }, (_, index) => `"n${String(index)}":1`);
      const hostile = [`{${names.join(',')}}`, JSON.stringify({ text: 'x'.repeat(10_000_000) })];
      const lines = linesOf(all).map((line) => `${line.slice(0, -1)},${tricks}}`);
      const found = await outcomeOf(stage, sprinkled(lines, hostile, stage));
      return {
        ...compare(await stage.baseline(), found),
        also: { 'the large ones were kept with a reason': lettersIn(stage) === hostile.length },
      };
    },
  },
];

/** A launch that alerts, with its text changed. */
function oddLaunch(index: number, change: (line: string) => string): string {
  const time = BASE_TIME + index;
  const parts = { host: `odd-${String(index)}`, time, record: 7_000_000 + index, user: 'u' };
  return change(launch({ ...parts, image: 'rare' }).line);
}
