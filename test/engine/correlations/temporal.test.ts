import { expect } from 'chai';
import type { ConditionTree, Correlation } from '../../../src/language/tree.ts';
import { correlation, engineFor, events, ruleSet, run, threshold, type Row } from '../fakes.ts';
import { briefly, table } from './table.ts';

/**
 * Rows from a sketch such as `a@0 b@5 ab@7`: rules and time; equal times keep the order of the
 * sketch.
 */
function sketch(text: string): Row[] {
  return text.split(' ').map((word, index) => {
    const [names = '', at = ''] = word.split('@');
    return { at: Number(at), rules: [...names], id: `id-${index}` };
  });
}

const all = threshold({});

function temporal(
  condition: Correlation['condition'] = all,
  rules: readonly string[] = ['a', 'b'],
  type: 'temporal' | 'temporal_ordered' = 'temporal',
) {
  return correlation('c', { type, rules, condition });
}

function ordered(condition: Correlation['condition'] = all, rules: readonly string[] = ['a', 'b']) {
  return temporal(condition, rules, 'temporal_ordered');
}

const name = (text: string): ConditionTree => ({ kind: 'selection', name: text });
const and = (...operands: ConditionTree[]): ConditionTree => ({ kind: 'and', operands });
const or = (...operands: ConditionTree[]): ConditionTree => ({ kind: 'or', operands });
const not = (operand: ConditionTree): ConditionTree => ({ kind: 'not', operand });
const expression = (tree: ConditionTree): Correlation['condition'] => ({
  kind: 'expression',
  tree,
  text: '',
});

describe('K9 temporal without condition needs all rules', () => {
  table([
    {
      name: 'all, in any order',
      rules: temporal(),
      rows: sketch('b@0 a@5'),
      expected: ['c h1 0×2'],
    },
    { name: 'one alone does not fire', rules: temporal(), rows: sketch('a@0 a@5'), expected: [] },
    {
      name: 'one event can be all of them',
      rules: temporal(),
      rows: sketch('ab@0'),
      expected: ['c h1 0×1'],
    },
    { name: 'the timespan apart', rules: temporal(), rows: sketch('a@0 b@10000'), expected: [] },
    {
      name: 'a millisecond less',
      rules: temporal(),
      rows: sketch('a@0 b@9999'),
      expected: ['c h1 0×2'],
    },
  ]);
});

describe('K10 temporal with a threshold counts different rules', () => {
  const abc = ['a', 'b', 'e'];
  table([
    {
      name: 'two of three',
      rules: temporal(threshold({ gte: 2 }), abc),
      rows: sketch('a@0 a@1 e@2'),
      expected: ['c h1 0×3'],
    },
    {
      name: 'one of three, often',
      rules: temporal(threshold({ gte: 2 }), abc),
      rows: sketch('a@0 a@1 a@2'),
      expected: [],
    },
    {
      name: 'exactly one, known when the window has closed',
      rules: temporal(threshold({ eq: 1 }), abc),
      rows: sketch('a@0 a@1 b@9999'),
      expected: [],
    },
  ]);
});

describe('K11 temporal with an expression', () => {
  const absent = temporal(expression(and(name('a'), not(name('b')))));
  const nested = temporal(expression(and(or(name('a'), name('b')), not(name('d')))), [
    'a',
    'b',
    'd',
  ]);
  table([
    {
      name: 'or',
      rules: temporal(expression(or(name('a'), name('b')))),
      rows: sketch('b@3'),
      expected: ['c h1 3×1'],
    },
    {
      name: 'and',
      rules: temporal(expression(and(name('a'), name('b')))),
      rows: sketch('b@3 a@4'),
      expected: ['c h1 3×2'],
    },
    { name: 'not: nothing followed', rules: absent, rows: sketch('a@0'), expected: ['c h1 0×1'] },
    {
      name: 'not: it followed in the last millisecond',
      rules: absent,
      rows: sketch('a@0 b@9999'),
      expected: [],
    },
    {
      name: 'not: it followed too late',
      rules: absent,
      rows: sketch('a@0 b@10000'),
      expected: ['c h1 0×1'],
    },
    { name: 'not: it came first', rules: absent, rows: sketch('b@0 a@9999'), expected: [] },
    {
      name: 'not: it came in the window before, but near',
      rules: absent,
      rows: sketch('b@0 b@9000 a@10001'),
      expected: [],
    },
    {
      name: 'not: it came long before',
      rules: absent,
      rows: sketch('b@0 a@10001'),
      expected: ['c h1 10001×1'],
    },
    { name: 'not in parentheses', rules: nested, rows: sketch('b@0 a@1'), expected: ['c h1 0×2'] },
    { name: 'not in parentheses, refuted', rules: nested, rows: sketch('b@0 d@1'), expected: [] },
  ]);

  it('waits for the watermark before it says that nothing followed', () => {
    const engine = engineFor(ruleSet([absent]), { limits: { latenessMs: 0 } });
    const opened: string[] = [];
    const emit = (detected: Parameters<typeof briefly>[0]): unknown =>
      opened.push(briefly(detected));
    engine.observe(events(sketch('a@0 x@9999')), emit);
    expect(opened).to.deep.equal([]);
    engine.observe(events(sketch('x@10000')), emit);
    expect(opened).to.deep.equal(['c h1 0×1']);
  });
});

describe('K12 temporal_ordered', () => {
  const abc = ['a', 'b', 'e'];
  table([
    { name: 'in order', rules: ordered(), rows: sketch('a@0 b@1'), expected: ['c h1 0×2'] },
    {
      name: 'B at .1 s, A at .9 s is not A then B',
      rules: ordered(),
      rows: sketch('b@100 a@900'),
      expected: [],
    },
    {
      name: 'A twice, then B',
      rules: ordered(),
      rows: sketch('a@1 a@5 b@6'),
      expected: ['c h1 1×3'],
    },
    {
      name: 'the later A is near enough',
      rules: ordered(),
      rows: sketch('a@0 a@5000 b@14000'),
      expected: ['c h1 5000×2'],
    },
    {
      name: 'the window is the whole chain',
      rules: ordered(all, abc),
      rows: sketch('a@0 b@5000 e@10000'),
      expected: [],
    },
    { name: 'B, A, B', rules: ordered(), rows: sketch('b@0 a@1 b@2'), expected: ['c h1 0×3'] },
    {
      name: 'at one moment the ids decide',
      rules: ordered(),
      rows: sketch('a@5 b@5'),
      expected: ['c h1 5×2'],
    },
    {
      name: 'at one moment, ids the other way',
      rules: ordered(),
      rows: sketch('b@5 a@5'),
      expected: [],
    },
    { name: 'one event is not two steps', rules: ordered(), rows: sketch('ab@0'), expected: [] },
    {
      name: 'two events that match both are',
      rules: ordered(),
      rows: sketch('ab@0 ab@1'),
      expected: ['c h1 0×2'],
    },
    {
      name: 'a threshold: two of three in order',
      rules: ordered(threshold({ gte: 2 }), abc),
      rows: sketch('e@0 a@1 e@2'),
      expected: ['c h1 0×3'],
    },
    {
      name: 'a threshold: none in order',
      rules: ordered(threshold({ gte: 2 }), abc),
      rows: sketch('e@0 b@1 a@2'),
      expected: [],
    },
    {
      name: 'an expression, in order',
      rules: ordered(expression(and(name('a'), name('b')))),
      rows: sketch('a@0 b@1'),
      expected: ['c h1 0×2'],
    },
    {
      name: 'an expression, out of order',
      rules: ordered(expression(and(name('a'), name('b')))),
      rows: sketch('b@0 a@1'),
      expected: [],
    },
  ]);
});

describe('first_seen', () => {
  const novelty = correlation('c', {
    type: 'first_seen',
    rules: ['a'],
    condition: threshold({}, { fields: ['v'] }),
    timespanMs: 1_000,
  });
  const seen = (text: string): Row[] =>
    text.split(' ').map((word) => {
      const [v = '', at = ''] = word.split('@');
      return { at: Number(at), rules: ['a'], fields: { v } };
    });
  table([
    { name: 'learns silently', rules: novelty, rows: seen('x@0 y@999'), expected: [] },
    {
      name: 'fires once it has learned',
      rules: novelty,
      rows: seen('x@0 y@1000'),
      expected: ['c h1 1000×1'],
    },
    {
      name: 'knows what it learned, for ever',
      rules: novelty,
      rows: seen('x@0 x@5000 x@900000000'),
      expected: [],
    },
    {
      name: 'each new value is an alert',
      rules: novelty,
      rows: seen('x@0 y@1000 z@1001 y@1002'),
      expected: ['c h1 1000×1', 'c h1 1001×1'],
    },
  ]);

  it('remembers, at its limit, a value that it saw lately', () => {
    const engine = engineFor(ruleSet([novelty]), { limits: { entriesPerKeyMax: 4 } });
    const detections = run(engine, [events(seen('x@0 y@1 z@2 x@3 x@4 w@5 x@2000'))]);
    expect(detections).to.deep.equal([]);
  });

  it('forgets the values not seen for longest at its limit, and counts it', () => {
    const engine = engineFor(ruleSet([novelty]), { limits: { entriesPerKeyMax: 4 } });
    const detections = run(engine, [events(seen('x@0 y@1 z@2 w@3 v@4 x@2000'))]);
    expect(detections.map(briefly)).to.deep.equal(['c h1 2000×1']);
    expect(engine.statistics().evicted).to.equal(2);
    expect(engine.statistics().findings).to.deep.include({
      kind: 'entries',
      host: 'h1',
      ruleId: 'c',
      count: 1,
      since: 2000,
    });
  });
});
