import { expect } from 'chai';
import { createEngine, defaultLimits } from '../../../src/engine/create.ts';
import type { Detection } from '../../../src/engine/engine.ts';
import { createMatcher } from '../../../src/engine/matcher.ts';
import type { Scalar } from '../../../src/event/event.ts';
import { linkRules } from '../../../src/language/link.ts';
import type { RuleProblem } from '../../../src/language/problem.ts';
import { readRules } from '../../../src/language/read.ts';
import { SyntheticEvent } from '../../../src/workbench/synthetic-event.ts';
import { finalStates, END } from '../fakes.ts';
import { plain, policyOf } from '../matching/sample.ts';

// From the text of rules to alerts: everything between is the real thing.

/** `at`, what the event is (`a`, `b`, ...), its user, its value; the host is h1 unless told. */
type Row = readonly [
  at: number,
  kind: string,
  user?: Scalar,
  value?: Scalar | undefined,
  host?: string,
];

function uuid(name: string): string {
  return `00000000-0000-4000-8000-${name.padStart(12, '0').replaceAll(/[^0-9a-f]/g, '0')}`;
}

/** A rule for events of this kind, named after it. */
function base(kind: string, more = ''): string {
  return `title: ${kind}
id: ${uuid(kind)}
name: ${kind}
logsource: { product: windows, category: process_creation }
detection: { s: { Kind: ${kind} }, condition: s }
${more}`;
}

function correlation(name: string, body: string, more = ''): string {
  const lines = body.split('\n').map((line) => `  ${line.trim()}`);
  return `title: ${name}\nid: ${uuid(`c${name.length}`)}\nname: ${name}\ncorrelation:\n${lines.join('\n')}\n${more}`;
}

interface Outcome {
  readonly detections: readonly Detection[];
  /** `title key first event×count`, of the last state of each alert. */
  readonly alerts: readonly string[];
  readonly problems: readonly RuleProblem[];
}

function judge(
  texts: readonly string[],
  rows: readonly Row[],
  lists: Readonly<Record<string, readonly string[]>> = {},
): Outcome {
  const read = readRules(texts.join('---\n'), 'rules.yml');
  const ruleSet = linkRules(read.rules);
  const matcher = createMatcher({ ruleSet, policy: policyOf(lists), enrichments: plain });
  const engine = createEngine({
    ruleSet,
    matcher,
    enrichments: plain,
    limits: defaultLimits,
    revive: () => undefined,
  });
  const detections: Detection[] = [];
  const events = rows.map(([time, kind, user, value, host = 'h1'], index) => {
    const given = Object.entries({ Kind: kind, User: user, Value: value });
    const fields = given.filter((each): each is [string, Scalar] => each[1] !== undefined);
    const logsource = { product: 'windows', category: 'process_creation' };
    return new SyntheticEvent({ time, index, host, ...logsource, fields: new Map(fields) });
  });
  engine.observe(events, (detected) => detections.push(detected));
  engine.advance(END, (detected) => detections.push(detected));
  const alerts = [...finalStates(detections).values()].map(({ rule, key, firstTime, count }) => {
    const parts = key.map(({ value }) => value ?? '-').join('/');
    return `${rule.title} [${parts}] ${firstTime}×${count}`;
  });
  return {
    detections,
    alerts,
    problems: [...read.problems, ...ruleSet.problems, ...matcher.problems],
  };
}

const a = base('a');
const b = base('b');
const c = base('c');
const byUser = 'group-by: [User]\ntimespan: 10s';

interface Line {
  readonly name: string;
  readonly rules: readonly string[];
  readonly rows: readonly Row[];
  readonly expected: readonly string[];
}

const lines: readonly Line[] = [
  {
    name: 'K1 event_count',
    rules: [a, correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`)],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'v'],
      [9_999, 'a', 'u'],
      [10_001, 'a', 'v'],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K1 value_count, of different values',
    rules: [
      a,
      correlation(
        'x',
        `type: value_count\nrules: [a]\n${byUser}\ncondition: { field: Value, gte: 2 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u', 'p'],
      [1, 'a', 'u', 'p'],
      [2, 'a', 'v', 'p'],
      [3, 'a', 'v', 'q'],
    ],
    expected: ['x [v] 2×2'],
  },
  {
    name: 'K1 K6 value_sum in a range',
    rules: [
      a,
      correlation(
        'x',
        `type: value_sum\nrules: [a]\n${byUser}\ncondition: { field: Value, gt: 100, lte: 200 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u', 100],
      [1, 'a', 'u', '50'],
      [2, 'a', 'v', 100],
      [3, 'a', 'v', 101],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K1 value_avg',
    rules: [
      a,
      correlation(
        'x',
        `type: value_avg\nrules: [a]\n${byUser}\ncondition: { field: Value, gte: 5 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u', 4],
      [1, 'a', 'u', 6],
      [2, 'a', 'v', 4],
      [3, 'a', 'v', 5],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K1 value_percentile',
    rules: [
      a,
      correlation(
        'x',
        `type: value_percentile\nrules: [a]\n${byUser}\ncondition: { field: Value, percentile: 50, gt: 5 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u', 1],
      [1, 'a', 'u', 9],
      [2, 'a', 'u', 9],
      [3, 'a', 'v', 1],
    ],
    expected: ['x [u] 0×3'],
  },
  {
    name: 'K1 value_median',
    rules: [
      a,
      correlation(
        'x',
        `type: value_median\nrules: [a]\n${byUser}\ncondition: { field: Value, gt: 5 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u', 1],
      [1, 'a', 'u', 7],
      [2, 'a', 'u', 900],
      [3, 'a', 'v', 5],
    ],
    expected: ['x [u] 0×3'],
  },
  {
    name: 'K1 K9 temporal needs all rules, not one',
    rules: [a, b, correlation('x', `type: temporal\nrules: [a, b]\n${byUser}`)],
    rows: [
      [0, 'b', 'u'],
      [1, 'a', 'u'],
      [2, 'a', 'v'],
      [3, 'a', 'v'],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K1 K12 temporal_ordered, within one second',
    rules: [a, b, correlation('x', `type: temporal_ordered\nrules: [a, b]\n${byUser}`)],
    rows: [
      [100, 'b', 'u'],
      [900, 'a', 'u'],
      [100, 'a', 'v'],
      [900, 'b', 'v'],
    ],
    expected: ['x [v] 100×2'],
  },
  {
    name: 'first_seen',
    rules: [
      a,
      correlation('x', `type: first_seen\nrules: [a]\n${byUser}\ncondition: { field: Value }`),
    ],
    rows: [
      [0, 'a', 'u', 'p'],
      [5_000, 'a', 'u', 'q'],
      [10_000, 'a', 'u', 'p'],
      [10_001, 'a', 'u', 'r'],
    ],
    expected: ['x [u] 10001×1'],
  },
  {
    name: 'K11 a and not b, when the window has closed',
    rules: [a, b, correlation('x', `type: temporal\n${byUser}\ncondition: a and not b`)],
    rows: [
      [0, 'a', 'u'],
      [0, 'a', 'v'],
      [9_999, 'b', 'u'],
      [10_000, 'b', 'v'],
    ],
    expected: ['x [v] 0×1'],
  },
  {
    name: 'K13 aliases join fields of different names',
    rules: [
      a,
      b,
      correlation(
        'x',
        'type: temporal\nrules: [a, b]\ntimespan: 10s\naliases: { who: { a: User, b: Value } }\ngroup-by: [who]',
      ),
    ],
    rows: [
      [0, 'a', 'u'],
      [1, 'b', 'other', 'u'],
      [2, 'b', 'v', 'w'],
      [3, 'a', 'v'],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K14 generate lets the base rule alert too',
    rules: [
      a,
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\ngenerate: true\ncondition: { gte: 2 }`,
      ),
    ],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'u'],
    ],
    expected: ['a [] 0×1', 'a [] 1×1', 'x [u] 0×2'],
  },
  {
    name: 'K2 K20 a chain: only the outermost alerts',
    rules: [
      a,
      b,
      correlation(
        'many',
        'type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10s\ncondition: { gte: 2 }',
      ),
      correlation('x', `type: temporal_ordered\nrules: [many, b]\n${byUser}`),
    ],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'u'],
      [2, 'b', 'u'],
      [3, 'a', 'v'],
      [4, 'b', 'v'],
    ],
    expected: ['x [u] 1×2'],
  },
  {
    name: 'K18 lt is known when the window has closed',
    rules: [
      a,
      correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { lt: 2, gt: 0 }`),
    ],
    rows: [
      [0, 'a', 'u'],
      [5, 'a', 'u'],
      [0, 'a', 'v'],
    ],
    expected: ['x [v] 0×1'],
  },
  {
    name: 'K18 lte',
    rules: [a, correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { lte: 0 }`)],
    rows: [
      [0, 'a', 'u'],
      [9_999, 'a', 'u'],
      [30_000, 'b'],
    ],
    expected: ['x [u] 9999×1'],
  },
  {
    name: 'K18 eq',
    rules: [a, correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { eq: 2 }`)],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'u'],
      [0, 'a', 'v'],
      [1, 'a', 'v'],
      [2, 'a', 'v'],
    ],
    expected: ['x [u] 0×2'],
  },
  {
    name: 'K4 a missing group field drops the event',
    rules: [a, correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`)],
    rows: [
      [0, 'a'],
      [1, 'a', null],
      [2, 'a', 'u'],
    ],
    expected: [],
  },
  {
    name: 'K4 missing_fields_strategy: group',
    rules: [
      a,
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\nmissing_fields_strategy: group\ncondition: { gte: 2 }`,
      ),
    ],
    rows: [
      [0, 'a'],
      [1, 'a', null],
      [2, 'a', 'u'],
    ],
    expected: ['x [-] 0×2'],
  },
  {
    name: 'K3 without group-by there is one group',
    rules: [
      a,
      correlation('x', 'type: event_count\nrules: [a]\ntimespan: 10s\ncondition: { gte: 2 }'),
    ],
    rows: [
      [0, 'a', 'u', undefined, 'h1'],
      [1, 'a', 'v', undefined, 'h2'],
    ],
    expected: ['x [] 0×2'],
  },
  {
    name: 'suppress counts what follows',
    rules: [base('a', 'suppress: 1h\n')],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'v'],
      [3_600_000, 'a', 'u'],
    ],
    expected: ['a [] 0×2', 'a [] 3600000×1'],
  },
  {
    name: 'suppress by a key',
    rules: [base('a', 'suppress: { duration: 1h, by: [User] }\n')],
    rows: [
      [0, 'a', 'u'],
      [1, 'a', 'v'],
      [2, 'a', 'u'],
    ],
    expected: ['a [] 0×2', 'a [] 1×1'],
  },
  {
    name: 'F4 K25 a filter narrows the base rule of a correlation',
    rules: [
      a,
      correlation('x', `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`),
      `title: f\nid: ${uuid('f')}\nlogsource: { product: windows }\nfilter: { rules: [a], s: { User: admin }, condition: not s }\n`,
    ],
    rows: [
      [0, 'a', 'admin'],
      [1, 'a', 'admin'],
      [2, 'a', 'u'],
      [3, 'a', 'u'],
    ],
    expected: ['x [u] 2×2'],
  },
];

describe('correlations, from the text of rules to alerts', () => {
  for (const { name, rules, rows, expected } of lines) {
    it(name, () => {
      const { alerts, problems } = judge(rules, rows);
      expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      expect(alerts).to.deep.equal(expected);
    });
  }

  it('K15 the alert has the level, title and tags of the outermost correlation', () => {
    const { detections } = judge(
      [
        base('a', 'level: critical\ntags: [attack.t1005]\n'),
        correlation(
          'x',
          `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`,
          'level: low\ntags: [attack.t1048]\n',
        ),
      ],
      [
        [0, 'a', 'u'],
        [1, 'a', 'u'],
      ],
    );
    const rules = detections.map(({ rule }) => [rule.title, rule.level, rule.tags]);
    expect(rules).to.deep.equal([['x', 'low', ['attack.t1048']]]);
  });

  it('C9 several conditions: one alert for an event, naming which of them hit', () => {
    const several = a.replace(
      '{ s: { Kind: a }, condition: s }',
      '{ s: { Kind: a }, t: { User: u }, condition: [s and t, s and not t, t] }',
    );
    const { detections } = judge(
      [several],
      [
        [0, 'a', 'u'],
        [1, 'a', 'v'],
        [2, 'b', 'v'],
      ],
    );
    expect(detections.map(({ matched }) => matched)).to.deep.equal([
      ['s', 't', 's and t'],
      ['s', 's and not t'],
    ]);
  });

  it('M15 a correlation over a rule whose placeholder is undefined is disabled with it', () => {
    const listed = b.replace('Kind: b', "Kind|expand: '%approved%'");
    const rules = [
      a,
      listed,
      correlation('x', `type: temporal\n${byUser}\ncondition: a and not b`),
    ];
    const outer = correlation(
      'outer',
      `type: event_count\nrules: [x]\n${byUser}\ncondition: { gte: 1 }`,
    );
    const { alerts, problems } = judge([...rules, outer, c], [[0, 'a', 'u']]);
    expect(alerts).to.deep.equal([]);
    expect(problems.map(({ code, severity, line }) => [code, severity, line])).to.deep.equal([
      ['undefined-placeholder', 'warning', 7],
      ['undefined-placeholder', 'warning', 13],
      ['undefined-placeholder', 'warning', 22],
    ]);
    expect(judge(rules, [[0, 'a', 'u']], { approved: [] }).alerts).to.deep.equal(['x [u] 0×1']);
    expect(
      judge(
        rules,
        [
          [0, 'a', 'u'],
          [1, 'b', 'u'],
        ],
        { approved: ['b'] },
      ).alerts,
    ).to.deep.equal([]);
  });

  for (const [name, text] of [
    [
      'first_seen',
      correlation('x', `type: first_seen\nrules: [a]\n${byUser}\ncondition: { field: Value }`),
    ],
    [
      'missing_fields_strategy',
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\nmissing_fields_strategy: group\ncondition: { gte: 2 }`,
      ),
    ],
    ['suppress', base('a', 'suppress: { duration: 1h, by: [User] }\n')],
    [
      'suppress of a correlation',
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`,
        'suppress: 1h\n',
      ),
    ],
  ] as const) {
    it(`portable rules do without ${name}`, () => {
      const { rules, problems } = readRules(text, 'rules.yml', { portable: true });
      expect(rules).to.deep.equal([]);
      expect(problems.map(({ code }) => code)).to.deep.equal(['extension']);
      expect(problems[0]?.line).to.be.greaterThan(1);
    });
  }
});
