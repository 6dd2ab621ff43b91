// MB per CPU second on records that are written to be slow, next to the records that they were made of.
// Run: node bench/hostile.bench.ts [--records N] [--rounds N] [--rules DIR ...]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { median, Stopwatch } from '../src/bench/cpu.ts';
import type { Decoder } from '../src/decoders/decoder.ts';
import { createAutoDecoder } from '../src/decoders/index.ts';
import type { Matcher } from '../src/engine/matcher.ts';
import type { RawRecord } from '../src/event/record.ts';
import { createDetector } from '../src/runtime/detector.ts';
import { decodeRecord } from '../src/runtime/decoding.ts';
import { developerDay } from '../src/simulation/scenarios/developer-day.ts';
import { deliver } from '../src/simulation/telemetry.ts';

const ROOT = resolve(import.meta.dirname, '..');

type Members = Record<string, unknown>;

/** A way to write records that is meant to cost: what it makes of the record of this number. */
interface Attack {
  readonly name: string;
  /** Of a large record, fewer are made. */
  readonly share?: number;
  /** It changes how the record is written, not what it says: as many rules must match. */
  readonly keepsMeaning?: boolean;
  /** Judged by the bombs too. */
  readonly bombs?: boolean;
  write(members: Members, number: number): string;
}

const LONG = 1_000_000;

const attacks: readonly Attack[] = [
  { name: 'as they are', write: (members) => JSON.stringify(members) },
  {
    name: 'values that never come twice',
    write: (members, number) => JSON.stringify(eachText(members, (text) => `${text}${number}`)),
  },
  {
    name: '100,000 names of fields',
    keepsMeaning: true,
    write: (members, number) => {
      const extra = range(20).map((one) => [`field ${(number * 20 + one) % 100_000}`, `${one}`]);
      return JSON.stringify({ ...members, ...Object.fromEntries(extra) });
    },
  },
  {
    name: 'members in ever another order',
    keepsMeaning: true,
    write: (members, number) => JSON.stringify(Object.fromEntries(turned(members, number))),
  },
  {
    name: 'every letter escaped',
    keepsMeaning: true,
    write: (members) => JSON.stringify(members).replace(VALUE, escaped),
  },
  {
    name: 'pairs of surrogates, which are parsed',
    keepsMeaning: true,
    write: (members) =>
      JSON.stringify({ ...members, note: 'x' }).replace('"x"', '"\\ud83d\\ude00"'),
  },
  {
    name: 'arrays of a thousand objects',
    share: 0.05,
    write: (members) =>
      JSON.stringify({ ...members, list: range(1000).map((n) => ({ name: `n${n}`, value: n })) }),
  },
  {
    name: 'a command line of 1 MB',
    share: 0.002,
    write: (members, number) =>
      JSON.stringify({ ...members, CommandLine: commandLine(number).slice(0, LONG) }),
  },
  {
    name: '1 MB of what rules look for',
    share: 0.002,
    write: (members) =>
      JSON.stringify({ ...members, CommandLine: 'powershell -enc whoami /all '.repeat(35_000) }),
  },
  {
    name: 'rules with expressions that explode',
    bombs: true,
    write: (members, number) =>
      JSON.stringify({ ...members, CommandLine: `${'a'.repeat(200)}${number}!` }),
  },
];

// Bounded by what RE2 does with them: time in the length of the text.
const BOMBS = ['^(a+)+$', '(.*a){12}b', '\\w+\\s+\\w+\\s+\\w+x$', '^(([a-z])+.)+[A-Z]([a-z])+$'];

/** A rule for each of these expressions, over every command line. */
function bombRules(): string {
  const rules = BOMBS.map((bomb, index) =>
    [
      `title: bomb ${index}`,
      `id: 00000000-0000-4000-8000-00000000000${index}`,
      'logsource: { product: windows, category: process_creation }',
      `detection: { s: { CommandLine|re: '${bomb}' }, condition: s }`,
      'level: low',
    ].join('\n'),
  );
  return rules.join('\n---\n');
}

/** What records of one kind cost. */
export interface HostileFigures {
  readonly name: string;
  readonly records: number;
  readonly bytesPerRecord: number;
  readonly megabytesPerCpuSecond: number;
  /** Next to the records as they are. */
  readonly ofNormal: number;
  readonly matches: number;
  /** Highest resident memory of the process so far. */
  readonly rssMegabytes: number;
}

/** Measures every kind, round after round; the first round warms up. */
export function measureHostile(options: {
  readonly records: number;
  readonly rounds: number;
  readonly rules: readonly string[];
}): readonly HostileFigures[] {
  const decoder = createAutoDecoder();
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bombs-'));
  writeFileSync(join(folder, 'bombs.yml'), bombRules());
  const usual = createDetector({ rules: options.rules, lists: [], decoder }).matcher;
  const bombed = createDetector({ rules: [...options.rules, folder], lists: [], decoder }).matcher;
  rmSync(folder, { recursive: true });
  const normal = launches();
  const figures = attacks.map((attack) => {
    const records = recordsOf(attack, normal, options.records);
    const bytes = records.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
    const costs: number[] = [];
    let matches = 0;
    for (let round = 0; round <= options.rounds; round++) {
      const watch = new Stopwatch();
      matches = judge(attack.bombs === true ? bombed : usual, decoder, records);
      if (round > 0) costs.push(watch.lap().cpuSeconds);
    }
    return {
      name: attack.name,
      records: records.length,
      bytesPerRecord: bytes / records.length,
      megabytesPerCpuSecond: bytes / median(costs) / 1e6,
      matches,
      rssMegabytes: process.resourceUsage().maxRSS / 1024,
    };
  });
  const [normalFigures] = figures;
  for (const [index, { name, matches }] of figures.entries()) {
    if (attacks[index]?.keepsMeaning === true && matches !== normalFigures?.matches)
      throw new Error(`${name}: ${matches} matches, not ${normalFigures?.matches}`);
  }
  const reference = normalFigures?.megabytesPerCpuSecond ?? 0;
  return figures.map((one) => ({ ...one, ofNormal: one.megabytesPerCpuSecond / reference }));
}

function judge(matcher: Matcher, decoder: Decoder, records: readonly RawRecord[]): number {
  let matches = 0;
  for (const record of records) {
    for (const event of decodeRecord(decoder, record).events) {
      matcher.match(event, 'arrival', () => (matches += 1));
    }
  }
  return matches;
}

/** Launches of processes on the bundled day, as Windows' Security log has them. */
function launches(): readonly Members[] {
  return deliver(developerDay)
    .map(({ line }) => JSON.parse(line) as Members)
    .filter((members) => members['EventID'] === 4688 && 'CommandLine' in members);
}

function recordsOf(
  attack: Attack,
  normal: readonly Members[],
  count: number,
): readonly RawRecord[] {
  const encoder = new TextEncoder();
  return range(Math.max(1, Math.round(count * (attack.share ?? 1)))).map((number) => {
    const line = attack.write(normal[number % normal.length] ?? {}, number);
    const position = { source: attack.name, partition: 0, offset: number + 1 };
    return { payload: encoder.encode(line), position };
  });
}

function eachText(members: Members, change: (text: string) => string): Members {
  const kept = new Set(['Channel', 'Hostname', 'EventTime', 'UtcTime']);
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'string' && !kept.has(name) ? change(value) : value,
    ]),
  );
}

/** The members from another one on, and every second of them the other way round. */
function turned(members: Members, number: number): readonly (readonly [string, unknown])[] {
  const all = Object.entries(members);
  const first = number % all.length;
  const rest = [...all.slice(first), ...all.slice(0, first)];
  const step = 1 + (Math.floor(number / all.length) % (all.length - 1));
  const chosen = rest.filter((_, index) => index % (step + 1) === 0);
  return [...chosen, ...rest.filter((_, index) => index % (step + 1) !== 0)];
}

// A value, not a name: these would no longer be known.
const VALUE = /(?<=:")(?:[^"\\]|\\.)*(?=")/g;

function escaped(text: string): string {
  const plain = JSON.parse(`"${text}"`) as string;
  return plain.replace(/./gsu, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function commandLine(number: number): string {
  return `cmd.exe /c echo ${number} `.repeat(Math.ceil(LONG / 10));
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '20000' },
      rounds: { type: 'string', default: '3' },
      rules: { type: 'string', multiple: true, default: [join(ROOT, 'rules')] },
    },
  });
  const { rules } = values;
  const figures = measureHostile({
    records: Number(values.records),
    rounds: Number(values.rounds),
    rules: rules.map((place) => resolve(place)),
  });
  console.log(
    'records                                 bytes/record  MB/CPU-s  of normal  matches  RSS MB',
  );
  for (const one of figures) {
    console.log(
      one.name.padEnd(40) +
        one.bytesPerRecord.toFixed(0).padStart(12) +
        one.megabytesPerCpuSecond.toFixed(0).padStart(10) +
        `${(one.ofNormal * 100).toFixed(0)} %`.padStart(11) +
        String(one.matches).padStart(9) +
        one.rssMegabytes.toFixed(0).padStart(8),
    );
  }
}
