import { expect } from 'chai';
import type { CorrelationType } from '../../../src/language/tree.ts';
import { correlation, engineFor, events, ruleSet, run, threshold, type Row } from '../fakes.ts';
import { briefly, rowsAt, table } from './table.ts';

function count(bounds: Parameters<typeof threshold>[0]) {
  return correlation('c', { type: 'event_count', rules: ['a'], condition: threshold(bounds) });
}

function valued(
  type: CorrelationType,
  bounds: Parameters<typeof threshold>[0],
  rest: { fields?: readonly string[]; percentile?: number } = { fields: ['v'] },
) {
  return correlation('c', { type, rules: ['a'], condition: threshold(bounds, rest) });
}

function values(list: readonly unknown[], stepMs = 1_000): Row[] {
  return list.map((v, index) => ({
    at: index * stepMs,
    rules: ['a'],
    fields: v === undefined ? {} : { v: v as string },
  }));
}

describe('K1 event_count', () => {
  table([
    {
      name: 'reaches gte',
      rules: count({ gte: 3 }),
      rows: rowsAt([0, 1, 2]),
      expected: ['c h1 0×3'],
    },
    { name: 'one fewer', rules: count({ gte: 3 }), rows: rowsAt([0, 1]), expected: [] },
    { name: 'gt needs one more', rules: count({ gt: 3 }), rows: rowsAt([0, 1, 2]), expected: [] },
    {
      name: 'gt reached',
      rules: count({ gt: 3 }),
      rows: rowsAt([0, 1, 2, 3]),
      expected: ['c h1 0×4'],
    },
    {
      name: 'at one moment',
      rules: count({ gte: 3 }),
      rows: rowsAt([5, 5, 5]),
      expected: ['c h1 5×3'],
    },
  ]);
});

describe('K16 the window is (t - timespan, t], in milliseconds', () => {
  table([
    {
      name: 'one millisecond inside',
      rules: count({ gte: 2 }),
      rows: rowsAt([0, 9_999]),
      expected: ['c h1 0×2'],
    },
    {
      name: 'exactly the timespan apart',
      rules: count({ gte: 2 }),
      rows: rowsAt([0, 10_000]),
      expected: [],
    },
    {
      name: '0.0 s and 1.9 s are not within 1 s',
      rules: correlation('c', {
        type: 'event_count',
        rules: ['a'],
        timespanMs: 1_000,
        condition: threshold({ gte: 2 }),
      }),
      rows: rowsAt([0, 1_900]),
      expected: [],
    },
    {
      name: 'it slides over any boundary',
      rules: count({ gte: 3 }),
      rows: rowsAt([8_000, 9_500, 11_000]),
      expected: ['c h1 8000×3'],
    },
    {
      name: 'what has left is not counted when it begins',
      rules: count({ gte: 3 }),
      rows: rowsAt([0, 5_000, 10_500, 11_000]),
      expected: ['c h1 5000×3'],
    },
  ]);
});

describe('K6 operators', () => {
  const four = rowsAt([0, 1_000, 2_000, 3_000]);
  table([
    { name: 'a range holds', rules: count({ gt: 2, lte: 4 }), rows: four, expected: ['c h1 0×4'] },
    { name: 'a range is exceeded', rules: count({ gt: 2, lte: 3 }), rows: four, expected: [] },
    { name: 'eq', rules: count({ eq: 4 }), rows: four, expected: ['c h1 0×4'] },
    { name: 'eq is not met on the way', rules: count({ eq: 3 }), rows: four, expected: [] },
    {
      name: 'a fraction as threshold',
      rules: count({ gte: 2.5 }),
      rows: rowsAt([0, 1, 2]),
      expected: ['c h1 0×3'],
    },
  ]);
});

describe('K7 value types', () => {
  const two = { fields: ['v', 'w'] };
  const pairs: Row[] = ['x/y', 'x/z', 'xx/y', 'x/y'].map((pair, index) => {
    const [v = '', w = ''] = pair.split('/');
    return { at: index, rules: ['a'], fields: { v, w } };
  });
  table([
    {
      name: 'distinct values',
      rules: valued('value_count', { gte: 2 }),
      rows: values(['x', 'x', 'y']),
      expected: ['c h1 0×3'],
    },
    {
      name: 'the same value again',
      rules: valued('value_count', { gte: 2 }),
      rows: values(['x', 'x', 'x']),
      expected: [],
    },
    {
      name: '1 and "1" are one value',
      rules: valued('value_count', { gte: 2 }),
      rows: values([1, '1']),
      expected: [],
    },
    {
      name: 'case tells values apart',
      rules: valued('value_count', { gte: 2 }),
      rows: values(['x', 'X']),
      expected: ['c h1 0×2'],
    },
    {
      name: 'an absent field is no value',
      rules: valued('value_count', { gte: 2 }),
      rows: values(['x', undefined, null]),
      expected: [],
    },
    {
      name: 'a value that left is not counted',
      rules: valued('value_count', { gte: 2 }),
      rows: values(['x', 'y'], 10_000),
      expected: [],
    },
    {
      name: 'distinct tuples',
      rules: valued('value_count', { gte: 3 }, two),
      rows: pairs,
      expected: ['c h1 0×4'],
    },
    {
      name: 'tuples do not run together',
      rules: valued('value_count', { gte: 2 }, two),
      rows: [
        { at: 0, rules: ['a'], fields: { v: 'a', w: 'bc' } },
        { at: 1, rules: ['a'], fields: { v: 'ab', w: 'c' } },
      ],
      expected: ['c h1 0×2'],
    },
    {
      name: 'sum',
      rules: valued('value_sum', { gte: 10 }),
      rows: values([4, 5, 1]),
      expected: ['c h1 0×3'],
    },
    {
      name: 'sum, a hair less',
      rules: valued('value_sum', { gte: 10 }),
      rows: values([4, 5, 0.999]),
      expected: [],
    },
    {
      name: 'numbers in text',
      rules: valued('value_sum', { gte: 10 }),
      rows: values(['4', '6.0']),
      expected: ['c h1 0×2'],
    },
    {
      name: 'avg',
      rules: valued('value_avg', { gt: 4 }),
      rows: values([1, 8]),
      expected: ['c h1 0×2'],
    },
    {
      name: 'median of an even number',
      rules: valued('value_median', { gte: 5 }),
      rows: values([0, 4, 100, 6]),
      expected: ['c h1 0×4'],
    },
    {
      name: 'percentile',
      rules: valued('value_percentile', { gte: 90 }, { fields: ['v'], percentile: 75 }),
      rows: values([0, 60, 100, 100]),
      expected: ['c h1 0×4'],
    },
  ]);

  it('ignores what is no number, and counts it', () => {
    const engine = engineFor(ruleSet([valued('value_sum', { gte: 3 })]));
    const rows = values([1, 'much', true, '', ['x', 2], 'Infinity', 1, [1]]);
    const detections = run(engine, [events(rows)]);
    expect(detections.map(briefly)).to.deep.equal(['c h1 0×3']);
    expect(engine.statistics().valueIgnored).to.equal(5);
  });

  it('sums what large values leave behind exactly', () => {
    const engine = engineFor(ruleSet([valued('value_sum', { gte: 0.3 })]));
    const rows: Row[] = [
      { at: 0, rules: ['a'], fields: { v: -1e300 } },
      { at: 1, rules: ['a'], fields: { v: 0.1 } },
      { at: 10_000, rules: ['a'], fields: { v: 0.2 } },
    ];
    const [opened] = run(engine, [events(rows)]);
    expect(opened?.value).to.equal(0.1 + 0.2);
    expect(opened?.count).to.equal(2);
  });
});

describe('K8 value_percentile interpolates between ranks', () => {
  const of = [10, 20, 40, 80];
  for (const [percentile, expected] of [
    [0, 10],
    [25, 17.5],
    [50, 30],
    [90, 68],
    [100, 80],
  ] as const) {
    it(`the ${percentile}th`, () => {
      const rules = ruleSet([
        valued('value_percentile', { gte: 0 }, { fields: ['v'], percentile }),
      ]);
      expect(run(engineFor(rules), [events(values(of))]).at(-1)?.value).to.equal(expected);
    });
  }
});

describe('K18 conditions that are known when a window has closed', () => {
  table([
    {
      name: 'too few within the window',
      rules: count({ lt: 3, gt: 0 }),
      rows: rowsAt([0, 1]),
      expected: ['c h1 0×2'],
    },
    {
      name: 'enough, at its last millisecond',
      rules: count({ lt: 3, gt: 0 }),
      rows: rowsAt([0, 1, 9_999]),
      expected: [],
    },
    {
      name: 'the third comes a millisecond late',
      rules: count({ lt: 3, gt: 1 }),
      rows: rowsAt([0, 1, 10_000]),
      expected: ['c h1 0×2'],
    },
    {
      name: 'silence of a group that is known',
      rules: count({ lt: 1 }),
      rows: rowsAt([0, 5_000]),
      expected: ['c h1 5000×1'],
    },
    {
      name: 'heartbeats at the timespan are not silence',
      rules: count({ eq: 0 }),
      rows: [...rowsAt([0, 10_000, 20_000]), { at: 20_001, rules: ['b'] }],
      expected: ['c h1 20000×1'],
    },
    {
      name: 'each silence is an alert',
      rules: count({ lt: 1 }),
      rows: rowsAt([0, 50_000]),
      expected: ['c h1 0×1', 'c h1 50000×1'],
    },
    {
      name: 'a mean of nothing is not small',
      rules: valued('value_avg', { lt: 5 }),
      rows: values([9]),
      expected: [],
    },
    { name: 'neq', rules: count({ neq: 2, gt: 0 }), rows: rowsAt([0, 1]), expected: [] },
  ]);

  it('a group that was never heard of is not missed', () => {
    const engine = engineFor(ruleSet([count({ lt: 1 })]));
    expect(run(engine, [events([{ at: 0, rules: ['b'], host: 'h2' }])])).to.deep.equal([]);
  });

  it('names the window that closed', () => {
    const [opened] = run(engineFor(ruleSet([count({ eq: 2 })])), [events(rowsAt([0, 1]))]);
    expect(opened?.window).to.deep.equal({ from: -1, to: 9_999, timespanMs: 10_000 });
    expect(opened?.value).to.equal(2);
  });
});

describe('K19 one alert for one episode', () => {
  it('fires once when it crosses, then counts', () => {
    const rows = rowsAt([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const detections = run(engineFor(ruleSet([count({ gte: 3 })])), [events(rows)]);
    expect(detections.map(({ phase, count: total }) => [phase, total])).to.deep.equal([
      ['opened', 3],
      ['grown', 10],
    ]);
  });

  it('tells of growth once a batch', () => {
    const batches = [rowsAt([0, 1, 2, 3]), rowsAt([4, 5]), rowsAt([6])].map((rows) => events(rows));
    const engine = engineFor(ruleSet([count({ gte: 3 })]), { limits: { latenessMs: 0 } });
    const detections = run(engine, batches);
    expect(detections.map(({ phase, count: total }) => [phase, total])).to.deep.equal([
      ['opened', 3],
      ['grown', 5],
      ['grown', 6],
      ['grown', 7],
    ]);
  });

  // True from 2 to 10,000, when the first event leaves; false for a whole timespan at 20,000.
  const burst = [0, 1, 2];
  const suppressed = correlation(
    'c',
    { type: 'event_count', rules: ['a'], condition: threshold({ gte: 3 }) },
    { suppress: { durationMs: 60_000, by: [] } },
  );
  table([
    {
      name: 'joins an open episode though the condition is false',
      rules: count({ gte: 3 }),
      rows: rowsAt([...burst, 19_999]),
      expected: ['c h1 0×4'],
    },
    {
      name: 'does not join one that has ended',
      rules: count({ gte: 3 }),
      rows: rowsAt([...burst, 20_000]),
      expected: ['c h1 0×3'],
    },
    {
      name: 'true again before the end: the same alert',
      rules: count({ gte: 3 }),
      rows: rowsAt([...burst, 19_997, 19_998, 19_999]),
      expected: ['c h1 0×6'],
    },
    {
      name: 'true again at the end: the next alert',
      rules: count({ gte: 3 }),
      rows: rowsAt([...burst, 20_000, 20_001, 20_002]),
      expected: ['c h1 0×3', 'c h1 20000×3'],
    },
    {
      name: 'suppress keeps it open longer',
      rules: suppressed,
      rows: rowsAt([...burst, 69_997, 69_998, 69_999]),
      expected: ['c h1 0×6'],
    },
    {
      name: 'suppress ends too',
      rules: suppressed,
      rows: rowsAt([...burst, 70_000, 70_001, 70_002]),
      expected: ['c h1 0×3', 'c h1 70000×3'],
    },
  ]);
});
