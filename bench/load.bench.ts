// What a start costs: rules read from their files and opened as a pack, in turn, each in a process of its own.
// Run: node bench/load.bench.ts --rules sigma/rules/windows [--rounds 5]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { median, Stopwatch } from '../src/bench/cpu.ts';
import { createAutoDecoder } from '../src/decoders/index.ts';
import { fitsLogsource, knownLogsources } from '../src/event/logsource.ts';
import { createDetector } from '../src/runtime/detector.ts';
import { BUNDLED_RULES } from '../src/runtime/rule-files.ts';

const MAIN = resolve(import.meta.dirname, '../src/cli/main.ts');

/** CPU seconds of one start, and the process afterwards. */
export interface Start {
  readonly rules: number;
  /** Rules and lists are ready; no program is made. */
  readonly load: number;
  /** The program of the log source that most rules are for. */
  readonly largest: number;
  /** Those of all other log sources that decoders serve. */
  readonly others: number;
  readonly peakMegabytes: number;
}

/** Starts with these rules in this process, which must not have started with any before. */
export function measureStart(rules: string): Start {
  const decoder = createAutoDecoder();
  const watch = new Stopwatch();
  const { ruleSet, matcher } = createDetector({
    rules: [rules],
    lists: [join(BUNDLED_RULES, 'lists')],
    decoder,
  });
  const load = watch.lap().cpuSeconds;
  const patterns = ruleSet.detections.map((linked) => (linked.outline ?? linked.rule).logsource);
  const sizes = knownLogsources().map((source) => ({
    source,
    size: patterns.filter((pattern) => fitsLogsource(pattern, source)).length,
  }));
  const [first, ...others] = sizes.toSorted((one, other) => other.size - one.size);
  watch.lap();
  if (first !== undefined) matcher.waits(first.source);
  const largest = watch.lap().cpuSeconds;
  for (const { source } of others) matcher.waits(source);
  return {
    rules: patterns.length + ruleSet.correlations.length,
    load,
    largest,
    others: watch.lap().cpuSeconds,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  };
}

/** Text and pack in turn, in processes of their own. */
export function measureStarts(
  rules: string,
  rounds: number,
): { readonly text: readonly Start[]; readonly pack: readonly Start[] } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-load-'));
  const packed = join(folder, 'rules.tidegate-pack');
  try {
    node([MAIN, 'rules', 'pack', '--rules', rules, '--out', packed]);
    const text: Start[] = [];
    const pack: Start[] = [];
    for (let round = 0; round < rounds; round += 1) {
      text.push(startOf(rules));
      pack.push(startOf(packed));
    }
    return { text, pack };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function startOf(rules: string): Start {
  return JSON.parse(node([import.meta.filename, '--rules', rules, '--once'])) as Start;
}

function node(args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rules: { type: 'string', default: BUNDLED_RULES },
      rounds: { type: 'string', default: '5' },
      once: { type: 'boolean', default: false },
    },
  });
  if (values.once) {
    process.stdout.write(`${JSON.stringify(measureStart(values.rules))}\n`);
  } else {
    const { text, pack } = measureStarts(values.rules, Number(values.rounds));
    report('text', text);
    report('pack', pack);
  }
}

function report(name: string, starts: readonly Start[]): void {
  const figure = (of: (start: Start) => number): string => {
    const all = starts.map(of);
    const range = `${Math.min(...all).toFixed(2)}-${Math.max(...all).toFixed(2)}`;
    return `${median(all).toFixed(2)} (${range})`;
  };
  process.stdout.write(
    `${name}: ${starts[0]?.rules ?? 0} rules, CPU s: load ${figure(({ load }) => load)}, ` +
      `largest program ${figure(({ largest }) => largest)}, all others ${figure(({ others }) => others)}; ` +
      `peak ${median(starts.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0)} MB\n`,
  );
}
