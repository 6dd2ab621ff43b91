import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';

import type { Decoder } from '../../src/decoders/decoder.ts';
import { createAutoDecoder, createReferenceDecoder } from '../../src/decoders/index.ts';
import { createMatcher } from '../../src/engine/matcher.ts';
import type { Matcher } from '../../src/engine/matcher.ts';
import { linkRules } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';
import { needsShared, readArchive, readLines, sharedPath } from './shared-data.ts';

// Every record is scanned where it can be; JSON.parse is the reference. Each has a matcher of its own.
const RULES = 'sigma/sigma-rules.tar.gz';
const FOLDERS = ['mordor', 'evtx-mitre', 'sigma-regression', 'panther', 'edr', 'zeek', 'agents'];
const IS_FULL = process.env['TIDEGATE_FULL'] === '1';
const COMPRESSED_BYTES_MAX = IS_FULL ? Number.POSITIVE_INFINITY : 20_000;
const LINES_MAX = IS_FULL ? 50_000 : 150;

interface Side {
  readonly decoder: Decoder;
  readonly matcher: Matcher;
}

/** Ids of the rules that the record's events match, or why it was refused. */
function verdict({ decoder, matcher }: Side, payload: Uint8Array, offset: number): string {
  const found: string[] = [];
  const position = { source: 'recorded', partition: 0, offset };
  const problem = decoder.decode({ payload, position }, (event) => {
    matcher.match(event, 'arrival', ({ rule }) => found.push(rule.id));
    found.push(';');
  });
  return problem === undefined ? found.join() : problem.reason;
}

describe('verdicts on scanned and parsed records', function () {
  this.timeout(600_000);
  let scanning: Side | undefined;
  let reference: Side | undefined;
  const lines: Uint8Array[] = [];

  before(function () {
    needsShared(this, RULES);
    needsShared(this, 'data/mordor');
    const rules = [...readArchive(RULES, '.yml')].flatMap(([file, text]) => {
      return readRules(text, file).rules;
    });
    const side = (decoder: Decoder): Side => {
      const ruleSet = linkRules(rules, { minimumStatus: 'unsupported' });
      const policy = { agent: (): undefined => undefined, list: (): undefined => undefined };
      const enrichments = { derivations: [], trackers: [] };
      return { decoder, matcher: createMatcher({ ruleSet, policy, enrichments }) };
    };
    scanning = side(createAutoDecoder());
    reference = side(createReferenceDecoder());
    for (const folder of FOLDERS) {
      for (const file of readdirSync(sharedPath(`data/${folder}`))) {
        if (!file.endsWith('.ndjson.gz')) continue;
        const read = readLines(`data/${folder}/${file}`, COMPRESSED_BYTES_MAX);
        for (const line of read.slice(0, LINES_MAX)) lines.push(line);
      }
    }
  });

  it('are the same, rule by rule and event by event, on the recordings', () => {
    if (scanning === undefined || reference === undefined) throw new Error('no matcher');
    let matched = 0;
    let differences = 0;
    for (const [offset, line] of lines.entries()) {
      const expected = verdict(reference, line, offset);
      const found = verdict(scanning, line, offset);
      if (expected.length > 2) matched++;
      if (found !== expected) differences++;
    }
    expect(differences).to.equal(0);
    expect(matched).to.be.greaterThan(100);
  });

  it('are the same on events whose values were changed for those of others', () => {
    if (scanning === undefined || reference === undefined) throw new Error('no matcher');
    const [fast, slow] = [scanning, reference];
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();
    const texts = lines.slice(0, 20_000).map((line) => decoder.decode(line));
    const index = fc.nat(texts.length - 1);
    const change = fc.record({
      at: fc.nat(),
      of: index,
      how: fc.constantFrom('replace', 'append', 'upper', 'escape', 'null', 'list'),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 6 });
    let matched = 0;
    const property = fc.property(index, changes, (line, all) => {
      const changed = all.reduce(
        (text, one) => changedText(text, { ...one, texts }),
        texts[line] ?? '',
      );
      const payload = encoder.encode(changed);
      const expected = verdict(slow, payload, line);
      if (expected.length > 2) matched++;
      // The second time its values are known.
      for (let time = 0; time < 2; time++) expect(verdict(fast, payload, line)).to.equal(expected);
    });
    fc.assert(property, { numRuns: IS_FULL ? 100_000 : 3000 });
    expect(matched).to.be.greaterThan(50);
  });
});

const STRING = /:\s*"((?:[^"\\]|\\.)*)"/g;

/** The text with one of its values changed, often for a value of another text. */
function changedText(
  text: string,
  {
    at,
    of,
    how,
    texts,
  }: {
    readonly at: number;
    readonly of: number;
    readonly how: string;
    readonly texts: readonly string[];
  },
): string {
  const own = [...text.matchAll(STRING)];
  const others = [...(texts[of] ?? '').matchAll(STRING)];
  const chosen = own[at % Math.max(1, own.length)];
  const other = others[at % Math.max(1, others.length)]?.[1] ?? '';
  if (chosen === undefined) return text;
  const value = chosen[1] ?? '';
  const put =
    how === 'replace'
      ? `"${other}"`
      : how === 'append'
        ? `"${value}${other}"`
        : how === 'upper'
          ? JSON.stringify((JSON.parse(`"${value}"`) as string).toUpperCase())
          : how === 'escape'
            ? `"${value.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)}"`
            : how === 'list'
              ? `["${value}","${other}"]`
              : 'null';
  return `${text.slice(0, chosen.index)}:${put}${text.slice(chosen.index + chosen[0].length)}`;
}
