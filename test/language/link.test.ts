import { expect } from 'chai';

import { codesOf, errorsOf, show } from './support.ts';
import { linkRules } from '../../src/language/link.ts';
import type { LinkOptions } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

interface Parts {
  readonly n?: number;
  readonly name?: string;
  readonly logsource?: string;
  readonly detection?: string;
  readonly more?: string;
}

function detection({
  n = 1,
  name = `r${String(n)}`,
  logsource,
  detection: body,
  more = '',
}: Parts): string {
  return `title: rule ${String(n)}
id: ${uuid(n)}
name: ${name}
${more}
logsource: ${logsource ?? '{ product: windows, category: process_creation }'}
detection: ${body ?? '{ s: { f: x }, condition: s }'}
`;
}

function correlation(n: number, body: string): string {
  return `title: correlation ${String(n)}\nid: ${uuid(n)}\nname: c${String(n)}\ncorrelation: { ${body} }\n`;
}

function counted(n: number, rules: string, more = ''): string {
  return correlation(
    n,
    `type: event_count, rules: ${rules}, timespan: 1m, condition: { gte: 2 }${more}`,
  );
}

function filter(n: number, body: string, logsource = '{ product: windows }', more = ''): string {
  return `title: filter ${String(n)}\nid: ${uuid(n)}\n${more}\nlogsource: ${logsource}\nfilter: { ${body} }\n`;
}

function link(texts: readonly string[], options?: LinkOptions): RuleSet {
  const { rules, problems } = readRules(texts.join('---\n'), 'f');
  expect(errorsOf(problems)).to.deep.equal([]);
  return linkRules(rules, options);
}

/** Short ids: the number that a rule was made with. */
function numbers(ids: readonly { readonly rule: { readonly id: string } }[]): readonly number[] {
  return ids.map(({ rule }) => Number(rule.id.slice(-12)));
}

function expressionsOf(set: RuleSet): readonly (readonly string[])[] {
  return set.detections.map(({ expressions }) => expressions.map(show));
}

describe('linking', () => {
  it('a rule by itself alerts, with one expression for each condition', () => {
    const set = link([
      detection({ detection: '{ s: { f: x }, t: { g: y }, condition: [s, s and not t] }' }),
    ]);
    expect(set.problems).to.deep.equal([]);
    expect(expressionsOf(set)).to.deep.equal([['f=«x»', 'and(f=«x», not g=«y»)']]);
    expect(set.detections[0]?.alerts).to.equal(true);
    expect(set.detections[0]?.meaning).to.match(/^[0-9a-f]{64}$/);
  });

  it('K2 correlations refer by id or name, across documents, forwards and backwards', () => {
    const set = link([
      counted(3, 'c4'),
      counted(4, `[r1, ${uuid(2)}]`),
      detection({ n: 1 }),
      detection({ n: 2 }),
    ]);
    expect(set.problems).to.deep.equal([]);
    expect(numbers(set.correlations)).to.deep.equal([4, 3]);
    expect(set.correlations.map(({ sources }) => sources)).to.deep.equal([
      [uuid(1), uuid(2)],
      [uuid(4)],
    ]);
    expect(set.detections.map(({ alerts }) => alerts)).to.deep.equal([false, false]);
    expect(set.correlations.map(({ alerts }) => alerts)).to.deep.equal([false, true]);
  });

  it('K14 generate lets the referenced rules alert, also when only one of two correlations says so', () => {
    const set = link([
      detection({ n: 1 }),
      detection({ n: 2 }),
      counted(3, '[r1, r2]'),
      counted(4, 'r1', ', generate: true'),
    ]);
    expect(set.detections.map(({ alerts }) => alerts)).to.deep.equal([true, false]);
  });

  const broken: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    readonly number[],
  ])[] = [
    ['K2 unknown rule', [detection({}), counted(2, '[r1, nope]')], ['unknown-rule'], []],
    ['K2 itself', [counted(2, 'c2')], ['cyclic-reference'], []],
    [
      'K2 a circle, and what builds on it',
      [counted(2, 'c3'), counted(3, 'c4'), counted(4, 'c2'), counted(5, 'c4')],
      ['cyclic-reference', 'cyclic-reference', 'cyclic-reference', 'cyclic-reference'],
      [],
    ],
    [
      'K2 what builds on a broken correlation',
      [detection({}), counted(2, 'nope'), counted(3, 'c2'), counted(4, 'c3'), counted(5, 'r1')],
      ['unknown-rule', 'unknown-rule', 'unknown-rule'],
      [5],
    ],
    [
      'K2 K9 one rule by id and by name is one rule',
      [detection({}), correlation(2, `type: temporal, rules: [r1, ${uuid(1)}], timespan: 1m`)],
      ['invalid-correlation'],
      [],
    ],
    [
      'K12 steps of a sequence may repeat',
      [detection({}), correlation(2, 'type: temporal_ordered, rules: [r1, r1], timespan: 1m')],
      [],
      [2],
    ],
    [
      'K13 an alias over a rule that is not referred to',
      [
        detection({ n: 1 }),
        detection({ n: 2 }),
        counted(3, 'r1', ', aliases: { a: { r1: x, r2: y } }, group-by: a'),
      ],
      ['unknown-alias'],
      [],
    ],
    ['D2 the same id', [detection({ name: 'a' }), detection({ name: 'b' })], ['duplicate-id'], []],
    [
      'D3 the same name',
      [detection({ n: 1, name: 'a' }), detection({ n: 2, name: 'a' })],
      ['duplicate-id'],
      [],
    ],
    [
      'D3 a name that is an id',
      [detection({ n: 1 }), detection({ n: 2, name: uuid(1) })],
      ['duplicate-id'],
      [],
    ],
    ['D5 another taxonomy', [detection({ more: 'taxonomy: ecs' })], ['foreign-taxonomy'], []],
    ['D6 deprecated', [detection({ more: 'status: deprecated' })], ['skipped-status'], []],
    ['D6 unsupported', [detection({ more: 'status: unsupported' })], ['skipped-status'], []],
    [
      'D6 a correlation over a skipped rule',
      [detection({ more: 'status: deprecated' }), counted(2, 'r1')],
      ['skipped-status', 'unknown-rule'],
      [],
    ],
  ];
  for (const [name, texts, codes, correlations] of broken) {
    it(name, () => {
      const set = link(texts);
      expect(codesOf(set.problems)).to.deep.equal(codes);
      expect(numbers(set.correlations)).to.deep.equal(correlations);
    });
  }

  it('D2 the first of two rules with one id stays', () => {
    const set = link([detection({ name: 'a' }), detection({ name: 'b' })]);
    expect(set.detections.map(({ rule }) => rule.name)).to.deep.equal(['a']);
  });

  it('D6 the minimum status can be chosen', () => {
    const texts = ['stable', 'test', 'experimental', 'deprecated', 'unsupported', ''].map(
      (status, n) => detection({ n, more: status === '' ? '' : `status: ${status}` }),
    );
    expect(numbers(link(texts).detections)).to.deep.equal([0, 1, 2, 5]);
    expect(numbers(link(texts, { minimumStatus: 'stable' }).detections)).to.deep.equal([0, 5]);
    expect(numbers(link(texts, { minimumStatus: 'unsupported' }).detections)).to.have.lengthOf(6);
  });

  it('building blocks of a correlation that fails stay silent', () => {
    const set = link([detection({}), counted(2, '[r1, nope]')]);
    expect(set.detections.map(({ alerts }) => alerts)).to.deep.equal([false]);
  });

  it('a chain of correlations may be longer than the call stack', () => {
    const length = 8_000;
    const chain = Array.from({ length }, (_, index) => counted(index, `c${String(index + 1)}`));
    const rules = [...chain, detection({ n: length, name: `c${String(length)}` })].flatMap(
      (text) => readRules(text, 'f').rules,
    );
    const set = linkRules(rules);
    expect(codesOf(set.problems)).to.deep.equal([]);
    expect(set.correlations.at(0)?.rule.id).to.equal(uuid(length - 1));
  });
});

describe('filters', () => {
  const rule = detection({});
  const rows: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    readonly string[],
  ])[] = [
    [
      'F1 by name',
      [rule, filter(9, 'rules: r1, s: { u: a }, condition: not s')],
      ['and(f=«x», not u=«a»)'],
      [],
    ],
    [
      'F2 by id',
      [rule, filter(9, `rules: ["${uuid(1)}"], s: { u: a }, condition: not s`)],
      ['and(f=«x», not u=«a»)'],
      [],
    ],
    [
      'F2 any',
      [rule, filter(9, 'rules: any, s: { u: a }, condition: not s')],
      ['and(f=«x», not u=«a»)'],
      [],
    ],
    [
      'F2 an empty list is any',
      [rule, filter(9, 'rules: [], s: { u: a }, condition: not s')],
      ['and(f=«x», not u=«a»)'],
      [],
    ],
    [
      'F3 another log source',
      [rule, filter(9, 'rules: any, s: { u: a }, condition: not s', '{ product: linux }')],
      ['f=«x»'],
      ['filter-unused'],
    ],
    [
      'F3 a narrower log source',
      [
        rule,
        filter(
          9,
          'rules: any, s: { u: a }, condition: not s',
          '{ product: windows, service: sysmon }',
        ),
      ],
      ['f=«x»'],
      ['filter-unused'],
    ],
    [
      'F4 as written',
      [rule, filter(9, 'rules: any, s: { u: a }, condition: s')],
      ['and(f=«x», u=«a»)'],
      [],
    ],
    [
      'F5 its own selections',
      [rule, filter(9, 'rules: any, s: { u: a }, s2: { u: b }, condition: not 1 of them')],
      ['and(f=«x», not or(u=«a», u=«b»))'],
      [],
    ],
    [
      'F6 each condition',
      [
        detection({ detection: '{ s: { f: x }, t: { f: y }, condition: [s, t] }' }),
        filter(9, 'rules: any, s: { u: a }, condition: not s'),
      ],
      ['and(f=«x», not u=«a»)', 'and(f=«y», not u=«a»)'],
      [],
    ],
    [
      'F7 several filters',
      [
        rule,
        filter(9, 'rules: any, s: { u: a }, condition: not s'),
        filter(8, 'rules: r1, s: { v: b }, condition: not s'),
      ],
      ['and(f=«x», not u=«a», not v=«b»)'],
      [],
    ],
    [
      'F8 an unknown rule',
      [rule, filter(9, 'rules: [r1, r7], s: { u: a }, condition: not s')],
      ['and(f=«x», not u=«a»)'],
      ['filter-unused'],
    ],
  ];
  for (const [name, texts, expected, codes] of rows) {
    it(name, () => {
      const set = link(texts);
      expect(expressionsOf(set).flat()).to.deep.equal(expected);
      expect(codesOf(set.problems)).to.deep.equal(codes);
    });
  }

  it('F4 the form of the specification is warned of when it is read', () => {
    const keeps = readRules(filter(9, 'rules: any, s: { u: a }, condition: s'), 'f');
    expect(codesOf(keeps.problems)).to.deep.equal(['filter-keeps']);
    const excludes = readRules(filter(9, 'rules: any, s: { u: a }, condition: not s'), 'f');
    expect(codesOf(excludes.problems)).to.deep.equal([]);
  });

  for (const [name, body, codes] of [
    ['F2 no rules', 's: { u: a }, condition: not s', ['missing-key']],
    ['F1 no selection', 'rules: any, condition: not s', ['empty-detection']],
    ['F1 no condition', 'rules: any, s: { u: a }', ['missing-key']],
    ['F1 two conditions', 'rules: any, s: { u: a }, condition: [not s, not s]', ['invalid-filter']],
    [
      'F5 a selection of the rule',
      'rules: any, s: { u: a }, condition: not sel',
      ['unknown-selection'],
    ],
  ] as const) {
    it(`${name} is refused`, () => {
      const { rules, problems } = readRules(filter(9, body), 'f');
      expect(codesOf(problems)).to.deep.equal(codes);
      expect(rules).to.deep.equal([]);
    });
  }

  it('F8 an expired filter is not applied, and said so', () => {
    const texts = [
      rule,
      filter(9, 'rules: any, s: { u: a }, condition: not s', undefined, 'expires: 2026-06-30'),
    ];
    const before = link(texts, { today: '2026-06-30' });
    expect(expressionsOf(before).flat()).to.deep.equal(['and(f=«x», not u=«a»)']);
    const after = link(texts, { today: '2026-07-01' });
    expect(expressionsOf(after).flat()).to.deep.equal(['f=«x»']);
    expect(codesOf(after.problems)).to.deep.equal(['filter-expired']);
  });

  it('K25 a filter does not narrow a correlation', () => {
    const set = link([
      rule,
      counted(2, 'r1'),
      filter(9, 'rules: c2, s: { u: a }, condition: not s'),
    ]);
    expect(codesOf(set.problems)).to.deep.equal(['filter-unused', 'filter-unused']);
    expect(expressionsOf(set).flat()).to.deep.equal(['f=«x»']);
  });
});

describe('meaning digests', () => {
  function meaning(...texts: readonly string[]): string {
    const set = link(texts);
    const last = set.correlations.at(-1) ?? set.detections.at(-1);
    return last?.meaning ?? 'nothing';
  }
  const detectionText =
    '{ a: { f: x, g|contains: [y, z] }, b: [{ h: 1 }, { i: null }], condition: a and not b }';
  const base = meaning(detection({ detection: detectionText }));

  const same: readonly (readonly [string, string])[] = [
    [
      'title, level, tags and notes',
      detection({
        n: 2,
        name: 'q',
        more: 'level: high\ntags: [attack.t1048]\ndescription: d\nfields: [f]',
        detection: detectionText,
      }),
    ],
    [
      'order of keys',
      detection({
        detection:
          '{ condition: a and not b, b: [{ h: 1 }, { i: null }], a: { g|contains: [y, z], f: x } }',
      }),
    ],
    [
      'order of values and alternatives',
      detection({
        detection:
          '{ a: { f: x, g|contains: [z, y] }, b: [{ i: null }, { h: 1 }], condition: a and not b }',
      }),
    ],
    [
      'order of operands',
      detection({ detection: detectionText.replace('a and not b', 'not b and a') }),
    ],
    [
      'names of selections',
      detection({
        detection:
          '{ q: { f: x, g|contains: [y, z] }, r: [{ h: 1 }, { i: null }], condition: q and not r }',
      }),
    ],
    [
      'notes of the log source',
      detection({
        logsource: '{ product: windows, category: process_creation, definition: d }',
        detection: detectionText,
      }),
    ],
    [
      'grouping',
      detection({
        detection:
          '{ a: { f: x }, c: { g|contains: [y, z] }, b: [{ h: 1 }, { i: null }], condition: a and (c and not b) }',
      }),
    ],
  ];
  for (const [name, text] of same) {
    it(`${name} do not change it`, () => {
      expect(meaning(text)).to.equal(base);
    });
  }

  const different: readonly (readonly [string, readonly string[]])[] = [
    ['log source', [detection({ logsource: '{ product: linux }', detection: detectionText })]],
    ['a value', [detection({ detection: detectionText.replace('f: x', 'f: X2') })]],
    ['a field', [detection({ detection: detectionText.replace('f: x', 'F: x') })]],
    ['a modifier', [detection({ detection: detectionText.replace('contains', 'endswith') })]],
    [
      'the number 1 and the text 1',
      [detection({ detection: detectionText.replace('h: 1', "h: '1'") })],
    ],
    ['the condition', [detection({ detection: detectionText.replace('and not', 'or not') })]],
    [
      'a filter',
      [
        detection({ detection: detectionText }),
        filter(9, 'rules: any, s: { u: a }, condition: not s'),
      ],
    ],
  ];
  for (const [name, texts] of different) {
    it(`${name} changes it`, () => {
      expect(meaning(...texts)).to.not.equal(base);
    });
  }

  it('a correlation contains the meaning of its rules, not their names', () => {
    const one = meaning(detection({}), counted(2, 'r1'));
    expect(meaning(detection({}), counted(3, uuid(1)))).to.equal(one);
    expect(meaning(detection({ n: 4, name: 'z' }), counted(2, 'z'))).to.equal(one);
    expect(
      meaning(detection({ detection: '{ s: { f: y }, condition: s }' }), counted(2, 'r1')),
    ).to.not.equal(one);
    expect(meaning(detection({}), counted(2, 'r1', ', group-by: [h]'))).to.not.equal(one);
    expect(meaning(detection({}), counted(2, 'r1').replace('gte: 2', 'gte: 3'))).to.not.equal(one);
    expect(meaning(detection({}), counted(2, 'r1').replace('1m', '2m'))).to.not.equal(one);
    expect(meaning(detection({}), counted(2, 'r1'), counted(5, 'c2'))).to.not.equal(one);
  });

  it('the order of rules means something only to temporal_ordered', () => {
    const rules = [
      detection({ n: 1 }),
      detection({ n: 2, detection: '{ s: { f: y }, condition: s }' }),
    ];
    const of = (type: string, order: string): string =>
      meaning(...rules, correlation(3, `type: ${type}, rules: ${order}, timespan: 1m`));
    expect(of('temporal', '[r1, r2]')).to.equal(of('temporal', '[r2, r1]'));
    expect(of('temporal_ordered', '[r1, r2]')).to.not.equal(of('temporal_ordered', '[r2, r1]'));
  });

  it('an expression over rules contains their meaning', () => {
    const rules = [
      detection({ n: 1 }),
      detection({ n: 2, detection: '{ s: { f: y }, condition: s }' }),
    ];
    const of = (condition: string): string =>
      meaning(...rules, correlation(3, `type: temporal, timespan: 1m, condition: ${condition}`));
    expect(of('r1 and not r2')).to.equal(of('not r2 and r1'));
    expect(of('r1 and not r2')).to.not.equal(of('r2 and not r1'));
  });

  it('stays what it was: alert ids contain it', () => {
    expect(base).to.equal('3ec38c5f69b3767bf51ef9989c796ef5b2796e0db8ad4c7043d885a62771d987');
    expect(meaning(detection({}), counted(2, 'r1'))).to.equal(
      '278a08223d9f9d06cc809c3e635be0cf31f6eb04a242c068957e9a5eb9826aee',
    );
  });
});
