// What a further rule costs: CPU microseconds an event with 10 to 3,141 rules of SigmaHQ.
// Run: node bench/growth.bench.ts [--rounds N] [recording ...]
import { parseArgs } from 'node:util';

import { median, Stopwatch } from '../src/bench/cpu.ts';
import { findLane } from '../src/bench/lane.ts';
import { createAutoDecoder } from '../src/decoders/index.ts';
import { createMatcher, type Matcher } from '../src/engine/matcher.ts';
import { createEnrichments } from '../src/enrichment/index.ts';
import type { RawRecord } from '../src/event/record.ts';
import type { LinkedDetection } from '../src/language/ruleset.ts';
import { decodeRecord } from '../src/runtime/decoding.ts';
import { isCorpusHere, recording, sigmaRules } from '../test/engine/matching/corpus.ts';
import { policyOf } from '../test/engine/matching/sample.ts';

const USUAL = [
  'mordor/cmd_dumping_ntds_dit_file_ntdsutil',
  'mordor/empire_shell_dcerpc_smb_service_dll_hijack',
  'mordor/psh_python_webserver',
];

/** The last two are all rules for Windows, and all rules. */
export const SIZES: readonly number[] = [10, 100, 500, 1500, 2407, 3141];

/** What an event costs with so many rules. */
export interface Growth {
  readonly rules: number;
  readonly events: number;
  /** Median, with the lowest and highest round. */
  readonly microseconds: number;
  readonly microsecondsMin: number;
  readonly microsecondsMax: number;
  /** Above the cost with the fewest rules. */
  readonly marginalMicroseconds: number;
  readonly matches: number;
}

/** Measures all sizes in turn, round after round; the first round warms up. */
export function measureGrowth(options: {
  readonly recordings: readonly string[];
  readonly sizes: readonly number[];
  readonly rounds: number;
}): readonly Growth[] {
  const records = options.recordings.flatMap((name) => recordsOf(name));
  const rules = nested(sigmaRules('rules/windows/').detections, sigmaRules('rules/').detections);
  const matchers = options.sizes.map((size) => matcherOf(rules.slice(0, size)));
  const costs: number[][] = matchers.map(() => []);
  const matches: number[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    // Up and down the sizes, so that none always follows the same one.
    const turn = [...matchers.entries()];
    for (const [index, matcher] of round % 2 === 0 ? turn : turn.toReversed()) {
      const { cpuSeconds, hits } = judge(matcher, records);
      if (round > 0 && hits !== matches[index]) throw new Error('rounds found different matches');
      matches[index] = hits;
      if (round > 0) costs[index]?.push((cpuSeconds / records.length) * 1e6);
    }
  }
  const medians = costs.map((own) => median(own));
  return options.sizes.map((size, index) => ({
    rules: size,
    events: records.length,
    microseconds: medians[index] ?? 0,
    microsecondsMin: Math.min(...(costs[index] ?? [])),
    microsecondsMax: Math.max(...(costs[index] ?? [])),
    marginalMicroseconds: (medians[index] ?? 0) - (medians[0] ?? 0),
    matches: matches[index] ?? 0,
  }));
}

const decoder = createAutoDecoder();

function judge(
  matcher: Matcher,
  records: readonly RawRecord[],
): { readonly cpuSeconds: number; readonly hits: number } {
  let hits = 0;
  const hit = (): void => {
    hits += 1;
  };
  const watch = new Stopwatch();
  for (const record of records) {
    for (const event of decodeRecord(decoder, record).events) matcher.match(event, 'arrival', hit);
  }
  return { cpuSeconds: watch.lap().cpuSeconds, hits };
}

function recordsOf(name: string): readonly RawRecord[] {
  const lane = findLane('nomsg');
  return recording(name).map((line, index) => ({
    payload: lane?.shape(Buffer.from(line)) ?? Buffer.from(line),
    position: { source: name, partition: 0, offset: index + 1 },
  }));
}

// Each set holds the ones before it; those for Windows come first, and mixed, not folder by folder.
function nested(
  windows: readonly LinkedDetection[],
  all: readonly LinkedDetection[],
): readonly LinkedDetection[] {
  const known = new Set(windows.map(({ rule }) => rule.id));
  const mixed = windows.toSorted((one, other) => (one.rule.id < other.rule.id ? -1 : 1));
  return [...mixed, ...all.filter(({ rule }) => !known.has(rule.id))];
}

function matcherOf(detections: readonly LinkedDetection[]): Matcher {
  const policy = policyOf();
  return createMatcher({
    ruleSet: { detections, correlations: [], problems: [] },
    policy,
    enrichments: createEnrichments(policy),
  });
}

if (import.meta.main) {
  if (!isCorpusHere) throw new Error('the shared rules and recordings are not here');
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '3' } },
    allowPositionals: true,
  });
  const recordings = positionals.length === 0 ? USUAL : positionals;
  const found = measureGrowth({ recordings, sizes: SIZES, rounds: Number(values.rounds) });
  for (const size of found) {
    const spread = `${size.microsecondsMin.toFixed(1)}-${size.microsecondsMax.toFixed(1)}`;
    process.stdout.write(
      `${String(size.rules).padStart(5)} rules ${size.microseconds.toFixed(1).padStart(6)} us an event ` +
        `(${spread}), marginal ${size.marginalMicroseconds.toFixed(1).padStart(5)} us, ` +
        `${size.matches} matches in ${size.events} events\n`,
    );
  }
}
