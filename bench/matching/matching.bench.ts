// Events per CPU second of the matcher with SigmaHQ's Windows rules, next to JSON.parse alone on
// the same lines. Run: node bench/matching/matching.bench.ts [recording ...]
import { cpuUsage, argv, stdout } from 'node:process';
import { createMatcher } from '../../src/engine/matcher.ts';
import {
  eventsOf,
  isCorpusHere,
  recording,
  sigmaRules,
} from '../../test/engine/matching/corpus.ts';
import { plain, policyOf } from '../../test/engine/matching/sample.ts';

const usual = [
  'mordor/cmd_dumping_ntds_dit_file_ntdsutil',
  'mordor/empire_scm_dll_hijack_ikeext',
  'mordor/empire_enable_rdp',
  'mordor/empire_mimikatz_opth',
];

/** What one recording cost, in CPU microseconds an event; medians over the rounds. */
export interface Figures {
  readonly name: string;
  readonly events: number;
  readonly parse: number;
  readonly decode: number;
  readonly match: number;
  readonly matches: number;
}

/** Measures one recording. The first round is not counted: it warms the compiler and the memos. */
export function measure(name: string, rules: string, rounds: number): Figures {
  const matcher = createMatcher({
    ruleSet: sigmaRules(rules),
    policy: policyOf(),
    enrichments: plain,
  });
  const lines = recording(name);
  const parses: number[] = [];
  const decodes: number[] = [];
  const judgements: number[] = [];
  let matches = 0;
  for (let round = 0; round <= rounds; round++) {
    const parse = timed(() => {
      for (const line of lines) JSON.parse(line);
    });
    const decode = timed(() => {
      for (const [index, line] of lines.entries()) eventsOf(line, index);
    });
    matches = 0;
    // Each event is judged as it comes, while what was decoded is in the processor's caches.
    const both = timed(() => {
      for (const [index, line] of lines.entries()) {
        for (const event of eventsOf(line, index)) matcher.match(event, 'arrival', () => matches++);
      }
    });
    if (round === 0) continue;
    parses.push(parse / lines.length);
    decodes.push(decode / lines.length);
    judgements.push((both - decode) / lines.length);
  }
  return {
    name,
    events: lines.length,
    parse: median(parses),
    decode: median(decodes),
    match: median(judgements),
    matches,
  };
}

function timed(work: () => void): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return user + system;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? 0;
}

function thousands(microseconds: number): string {
  return (1000 / microseconds).toFixed(0);
}

function print({ name, events, parse, decode, match, matches }: Figures): void {
  const ratio = (parse / (parse + match)).toFixed(2);
  const figures = [
    `JSON.parse ${thousands(parse)}`,
    `matcher ${thousands(match)}`,
    `both ${thousands(parse + match)} (${ratio} of JSON.parse alone)`,
    `decoder and matcher ${thousands(decode + match)}`,
  ];
  stdout.write(`${name}: ${events} events, ${matches} matches; thousand events a CPU second: `);
  stdout.write(`${figures.join(', ')}\n`);
}

if (import.meta.main) {
  if (!isCorpusHere) throw new Error('the shared rules and recordings are not here');
  const names = argv.slice(2);
  for (const name of names.length === 0 ? usual : names) print(measure(name, 'rules/windows/', 5));
}
