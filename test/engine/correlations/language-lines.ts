import type { Scalar } from '../../../src/event/event.ts';

/** `at`, what the event is (`a`, `b`, ...), its user, its value; the host is h1 unless told. */
export type Row = readonly [
  at: number,
  kind: string,
  user?: Scalar,
  value?: Scalar | undefined,
  host?: string,
];

/** The id of the rule with this short name. */
export function uuid(name: string): string {
  return `00000000-0000-4000-8000-${name.padStart(12, '0').replaceAll(/[^0-9a-f]/g, '0')}`;
}

/** A rule for events of this kind, named after it. */
export function base(kind: string, more = ''): string {
  return `title: ${kind}
id: ${uuid(kind)}
name: ${kind}
logsource: { product: windows, category: process_creation }
detection: { s: { Kind: ${kind} }, condition: s }
${more}`;
}

/** A correlation with this body. */
export function correlation(name: string, body: string, more = ''): string {
  const lines = body.split('\n').map((line) => `  ${line.trim()}`);
  return `title: ${name}\nid: ${uuid(`c${name.length}`)}\nname: ${name}\ncorrelation:\n${lines.join('\n')}\n${more}`;
}

const a = base('a');
const b = base('b');
/** The window that most of these correlations share. */
export const byUser = 'group-by: [User]\ntimespan: 10s';

/** Rules as text, what happens, and the alerts that must come of it. */
export interface Line {
  readonly name: string;
  readonly rules: readonly string[];
  readonly rows: readonly Row[];
  readonly expected: readonly string[];
}

/** All types, and what bears on every type. */
export const languageLines: readonly Line[] = [
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
    name: 'K12 a rule may be two steps of a sequence',
    rules: [
      base('a'),
      base('b'),
      correlation('x', `type: temporal_ordered\nrules: [a, b, a]\n${byUser}`),
    ],
    rows: [
      [0, 'a', 'u'],
      [1, 'b', 'u'],
      [2, 'b', 'v'],
      [3, 'a', 'v'],
      [4, 'a', 'v'],
      [5, 'a', 'u'],
    ],
    expected: ['x [u] 0×3'],
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
