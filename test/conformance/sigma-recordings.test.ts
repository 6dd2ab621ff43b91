import { expect } from 'chai';
import { readFileSync } from 'node:fs';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { createMatcher } from '../../src/engine/matcher.ts';
import type { Matcher } from '../../src/engine/matcher.ts';
import { witnessesOf } from '../../src/engine/matching/hints.ts';
import { linkRules } from '../../src/language/link.ts';
import { unpackRules } from '../../src/language/pack/read.ts';
import { packRules } from '../../src/language/pack/write.ts';
import { readRules } from '../../src/language/read.ts';
import type { Rule } from '../../src/language/tree.ts';
import { needsShared, readArchive, readLines, sharedPath } from './shared-data.ts';

// Which SigmaHQ rules fire on which recorded events, as a plain evaluator over pySigma's parse found it.
const EXPECTED = 'data/expected-sigma.json';
const RULES = 'sigma/sigma-rules.tar.gz';
// Files with more events are left to the full run.
const IS_FULL = process.env['TIDEGATE_FULL'] === '1';
const EVENTS_MAX = IS_FULL ? Number.POSITIVE_INFINITY : 2000;
// Pairs of file and rule that the reference names for these files.
const PAIRS = IS_FULL ? 772 : 459;
const FIRST_LINES = 5;
const LABELS = 94;

interface Expected {
  readonly evaluated: readonly string[];
  readonly files: Readonly<Record<string, ExpectedFile>>;
}
interface Label {
  readonly rule_id: string;
  readonly title: string;
  readonly first_line: number;
  readonly last_line: number;
  readonly match_count: number | null;
}
interface ExpectedFile {
  readonly events: number;
  readonly rules: Readonly<
    Record<string, { readonly count: number; readonly first_lines: readonly number[] }>
  >;
}

function evaluatedRules(ids: ReadonlySet<string>): readonly Rule[] {
  const rules: Rule[] = [];
  for (const [file, text] of readArchive(RULES, '.yml')) {
    if (!/^\s+product: windows/m.test(text)) continue;
    rules.push(...readRules(text, file).rules.filter((rule) => ids.has(rule.id)));
  }
  return rules;
}

/** Lines of the file that each rule matches. */
function matchesIn(matcher: Matcher, file: string): ReadonlyMap<string, readonly number[]> {
  const decoder = createAutoDecoder();
  const lines = new Map<string, number[]>();
  readLines(`data/${file}`).forEach((payload, index) => {
    const position = { source: file, partition: 0, offset: index + 1 };
    const problem = decoder.decode({ payload, position }, (event) => {
      matcher.match(event, 'arrival', ({ rule }) => {
        const known = lines.get(rule.id);
        if (known === undefined) lines.set(rule.id, [index + 1]);
        else known.push(index + 1);
      });
    });
    expect(problem, `${file}:${index + 1}`).to.equal(undefined);
  });
  return lines;
}

describe('SigmaHQ rules on recorded events', function () {
  this.timeout(300_000);
  let expected: Expected = { evaluated: [], files: {} };
  const matchers = new Map<string, Matcher>();

  before(function () {
    needsShared(this, EXPECTED);
    needsShared(this, RULES);
    expected = JSON.parse(readFileSync(sharedPath(EXPECTED), 'utf8')) as Expected;
    const rules = evaluatedRules(new Set(expected.evaluated));
    const ruleSet = linkRules(rules, { minimumStatus: 'unsupported' });
    expect(ruleSet.detections).to.have.lengthOf(expected.evaluated.length);
    const { index, parts } = packRules(ruleSet, {
      problems: [],
      witnesses: witnessesOf(ruleSet, { derivations: [], trackers: [] }),
    });
    const part = (number: number): string => parts[number] ?? '';
    const unpacked = unpackRules({ index, partCount: parts.length, part });
    for (const [origin, given] of [
      ['text', ruleSet] as const,
      ['pack', unpacked.ruleSet] as const,
    ]) {
      const matcher = createMatcher({
        ruleSet: given,
        policy: { agent: () => undefined, list: () => undefined },
        enrichments: { derivations: [], trackers: [] },
      });
      expect(matcher.problems).to.deep.equal([]);
      matchers.set(origin, matcher);
    }
  });

  for (const origin of ['text', 'pack']) {
    it(`G2 from a ${origin} match the same lines as the reference, no more and no fewer`, () => {
      const matcher = matchers.get(origin);
      const differences: string[] = [];
      let cells = 0;
      for (const [file, { events, rules }] of Object.entries(expected.files)) {
        if (events > EVENTS_MAX || matcher === undefined) continue;
        const found = matchesIn(matcher, file);
        for (const id of new Set([...found.keys(), ...Object.keys(rules)])) {
          cells++;
          const lines = found.get(id) ?? [];
          const wanted = rules[id] ?? { count: 0, first_lines: [] };
          const isEqual =
            lines.length === wanted.count &&
            lines.slice(0, FIRST_LINES).join() === wanted.first_lines.join();
          if (isEqual) continue;
          const first = lines.slice(0, FIRST_LINES).join();
          differences.push(
            `${file} ${id}: ${lines.length} (${first}), not ${wanted.count} (${wanted.first_lines.join()})`,
          );
        }
      }
      expect(differences).to.deep.equal([]);
      expect(cells, 'pairs of file and rule').to.equal(PAIRS);
    });
  }

  it('G2 every sample of SigmaHQ fires the rule that it was recorded for', () => {
    const folder = 'data/sigma-regression';
    const labels = JSON.parse(readFileSync(sharedPath(`${folder}/labels.json`), 'utf8')) as Label[];
    expect(labels).to.have.lengthOf(LABELS);
    const matcher = matchers.get('pack');
    if (matcher === undefined) throw new Error('no matcher');
    const found = matchesIn(matcher, 'sigma-regression/events.ndjson.gz');
    const silent = labels.filter(({ rule_id, first_line, last_line, match_count }) => {
      const lines = (found.get(rule_id) ?? []).filter(
        (line) => line >= first_line && line <= last_line,
      );
      // The count of a sample is what its author looked at; it can hold further true matches.
      return lines.length < (match_count ?? 1);
    });
    expect(silent.map(({ title }) => title)).to.deep.equal([]);
  });
});
