// The differential test: Tidegate against a slow evaluator over the tree that pySigma parses. Run by
// `npm run conformance`; `--short` is the form for every change. Needs python3 and the shared rules.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { decodeRecord } from '../../src/runtime/decoding.ts';
import { createDetector, type Detector } from '../../src/runtime/detector.ts';
import { BUNDLED_RULES } from '../../src/runtime/rule-files.ts';
import { pythonWith, stop } from './python.ts';

const SUITE = 'conformance';
const PYSIGMA = 'pysigma==2.0.1';
const root = resolve(import.meta.dirname, '../..');
const shared = resolve(root, '../shared');
const oracle = join(import.meta.dirname, 'oracle');
const RULE_FOLDERS = [
  'rules/windows',
  'rules-emerging-threats',
  'rules-threat-hunting/windows',
  'rules/category',
];

interface Pair {
  readonly rule: string;
  readonly kind: string;
  readonly expected: boolean;
  readonly record: unknown;
}
interface Summary {
  readonly summary: Readonly<Record<string, unknown>>;
}

function unpackRules(folder: string): readonly string[] {
  const archive = join(shared, 'sigma/sigma-rules.tar.gz');
  if (!existsSync(archive)) stop(SUITE, 'skipped, the shared rules are not here');
  const done = spawnSync('tar', ['xzf', archive, '-C', folder]);
  if (done.status !== 0) stop(SUITE, `the rules could not be unpacked: ${String(done.stderr)}`);
  return RULE_FOLDERS.map((name) => join(folder, name));
}

/** Which rules our matcher says match the record, or undefined when it was refused. */
function matchedRules(
  detector: Detector,
  decoder: ReturnType<typeof createAutoDecoder>,
  record: unknown,
): Set<string> | undefined {
  const payload = new TextEncoder().encode(JSON.stringify(record));
  const decoded = decodeRecord(decoder, {
    payload,
    position: { source: 'oracle', partition: 0, offset: 1 },
  });
  if (decoded.problem !== undefined) return undefined;
  const matched = new Set<string>();
  for (const event of decoded.events) {
    detector.matcher.match(event, 'arrival', (detection) => matched.add(detection.rule.id));
  }
  return matched;
}

async function run(): Promise<number> {
  const isShort = process.argv.includes('--short');
  const seedAt = process.argv.indexOf('--seed');
  const seed = seedAt > 0 ? Number(process.argv[seedAt + 1]) : Math.floor(Math.random() * 2 ** 31);
  const program = pythonWith({ suite: SUITE, module: 'sigma', packages: [PYSIGMA] });
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-conformance-'));
  try {
    const rules = unpackRules(folder);
    const decoder = createAutoDecoder();
    const detector = createDetector({ rules, lists: [join(BUNDLED_RULES, 'lists')], decoder });
    const args = [
      join(oracle, 'generate.py'),
      ...['--rules', ...rules],
      ...['--data', join(shared, 'data')],
      ...['--positives', isShort ? '20000' : '100000'],
      ...['--neighbours', isShort ? '40000' : '300000'],
      ...['--seed', String(seed)],
    ];
    process.stdout.write(`conformance: seed ${seed}, ${PYSIGMA}\n`);
    return await compare(
      detector,
      decoder,
      spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(
  detector: Detector,
  decoder: ReturnType<typeof createAutoDecoder>,
  child: ReturnType<typeof spawn>,
): Promise<number> {
  const known = new Set(detector.ruleSet.detections.map((detection) => detection.rule.id));
  const different: string[] = [];
  let agreed = 0;
  let unknown = 0;
  let summary: Summary['summary'] | undefined;
  if (child.stdout === null) stop(SUITE, 'the oracle has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const pair = JSON.parse(line) as Pair | Summary;
    if ('summary' in pair) {
      summary = pair.summary;
      continue;
    }
    if (!known.has(pair.rule)) {
      unknown += 1;
      continue;
    }
    const matched = matchedRules(detector, decoder, pair.record);
    if (matched?.has(pair.rule) === pair.expected) agreed += 1;
    else different.push(`${matched === undefined ? 'refused ' : ''}${line}`);
  }
  process.stdout.write(`${JSON.stringify(summary, undefined, 1)}\n`);
  for (const line of different.slice(0, 20)) process.stdout.write(`different: ${line}\n`);
  process.stdout.write(
    `conformance: ${agreed} verdicts agree, ${different.length} differ, ${unknown} of rules that are not loaded\n`,
  );
  const isComplete = summary !== undefined && agreed > 0 && unknown === 0;
  return isComplete && different.length === 0 ? 0 : 1;
}

process.exitCode = await run();
