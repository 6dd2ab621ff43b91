import { expect } from 'chai';
import { keepEvent } from '../../../src/engine/kept.ts';
import { correlation, detection, engineFor, events, ruleSet, run, threshold } from '../fakes.ts';
import type { Row } from '../fakes.ts';
import { briefly, rowsAt, table } from './table.ts';

const condition = threshold({ gte: 2 });

function grouped(groupBy: readonly string[], missingFields: 'drop' | 'group' = 'drop') {
  return correlation('c', { type: 'event_count', rules: ['a'], condition, groupBy, missingFields });
}

function by(user: unknown, at: number, host = 'h1'): Row {
  return { at, rules: ['a'], host, fields: user === undefined ? {} : { user: user as string } };
}

describe('K2 one rule feeds many correlations', () => {
  table([
    {
      name: 'both fire, in their order',
      rules: ruleSet([
        grouped(['Computer']),
        correlation('d', { type: 'event_count', rules: ['a', 'b'], condition }),
      ]),
      rows: rowsAt([0, 1]),
      expected: ['c h1 0×2', 'd h1 0×2'],
    },
    {
      name: 'an event that matches two rules of one correlation counts once',
      rules: correlation('c', { type: 'event_count', rules: ['a', 'b'], condition }),
      rows: [{ at: 0, rules: ['a', 'b'] }],
      expected: [],
    },
  ]);
});

describe('K2 the evidence of an event that several rules match', () => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    it(`names the rule that the correlation names first, not ${order.join(' before ')}`, () => {
      const rules = ruleSet(
        [correlation('c', { type: 'temporal', rules: ['b', 'a'], condition })],
        order.map((id) => detection(id, { alerts: false })),
      );
      const [opened] = run(engineFor(rules), [events([{ at: 0, rules: ['a', 'b'] }])]);
      expect(opened?.evidence.map(({ ruleId }) => ruleId)).to.deep.equal(['b']);
      expect(opened?.matched).to.deep.equal(['b', 'a']);
    });
  }
});

describe('K3 group-by', () => {
  table([
    {
      name: 'one global group without it',
      rules: grouped([]),
      rows: [...rowsAt([0]), ...rowsAt([1], { host: 'h2' })],
      expected: ['c  0×2'],
    },
    {
      name: 'hosts apart',
      rules: grouped(['Computer']),
      rows: [...rowsAt([0]), ...rowsAt([1], { host: 'h2' })],
      expected: [],
    },
    {
      name: 'the same user on two hosts',
      rules: grouped(['user']),
      rows: [by('u', 0), by('u', 1, 'h2')],
      expected: ['c u 0×2'],
    },
    {
      name: 'case as it is',
      rules: grouped(['user']),
      rows: [by('u', 0), by('U', 1)],
      expected: [],
    },
    {
      name: '1 and "1" are one group',
      rules: grouped(['user']),
      rows: [by(1, 0), by('1', 1)],
      expected: ['c 1 0×2'],
    },
    {
      name: 'values do not run together',
      rules: grouped(['user', 'v']),
      rows: [
        { at: 0, rules: ['a'], fields: { user: 'a', v: 'bc' } },
        { at: 1, rules: ['a'], fields: { user: 'ab', v: 'c' } },
      ],
      expected: [],
    },
    {
      name: "the event's host stands in for a host field it lacks",
      rules: grouped(['host.name']),
      rows: rowsAt([0, 1]),
      expected: ['c h1 0×2'],
    },
  ]);

  it('reads derived fields first', () => {
    const stream = events([by('u', 0), by('v', 1)]);
    for (const event of stream) event.derived.set('user', 'agent');
    expect(run(engineFor(ruleSet([grouped(['user'])])), [stream]).map(briefly)).to.deep.equal([
      'c agent 0×2',
    ]);
  });
});

describe('K4 a missing group field', () => {
  table([
    {
      name: 'drops the event',
      rules: grouped(['user']),
      rows: [by(undefined, 0), by(undefined, 1)],
      expected: [],
    },
    {
      name: 'groups under null if told so',
      rules: grouped(['user'], 'group'),
      rows: [by(undefined, 0), by(null, 1)],
      expected: ['c - 0×2'],
    },
    {
      name: 'null is not a text',
      rules: grouped(['user'], 'group'),
      rows: [by(null, 0), by('-', 1)],
      expected: [],
    },
  ]);

  it('is counted', () => {
    const engine = engineFor(ruleSet([grouped(['user'])]));
    run(engine, [events([by(undefined, 0), by('u', 1)])]);
    expect(engine.statistics().groupMissing).to.equal(1);
  });
});

describe('K13 aliases', () => {
  const aliases = new Map([
    [
      'who',
      new Map([
        ['a', 'user'],
        ['b', 'account'],
      ]),
    ],
  ]);
  const aliased = correlation('c', {
    type: 'temporal',
    rules: ['a', 'b'],
    condition,
    groupBy: ['who'],
    aliases,
  });
  table([
    {
      name: 'join fields of different names',
      rules: aliased,
      rows: [by('u', 0), { at: 1, rules: ['b'], fields: { account: 'u' } }],
      expected: ['c u 0×2'],
    },
    {
      name: 'other values stay apart',
      rules: aliased,
      rows: [by('u', 0), { at: 1, rules: ['b'], fields: { account: 'w' } }],
      expected: [],
    },
    {
      name: 'each rule reads its own field',
      rules: aliased,
      rows: [by('u', 0), { at: 1, rules: ['b'], fields: { user: 'u' } }],
      expected: [],
    },
  ]);
});

describe('K14 generate', () => {
  it('a rule that alerts on its own does so on arrival, and counts too', () => {
    const rules = ruleSet([grouped(['Computer'])], [detection('a', { alerts: true })]);
    const detections = run(engineFor(rules), [events(rowsAt([0, 1], {}))]);
    expect(detections.map(({ rule, phase }) => `${rule.id} ${phase}`)).to.deep.equal([
      'a opened',
      'a opened',
      'c opened',
    ]);
  });
});

describe('K20 chains', () => {
  const inner = (alerts: boolean, groupBy: readonly string[] = ['Computer', 'user']) =>
    correlation('inner', { type: 'event_count', rules: ['a'], condition, groupBy }, { alerts });
  const outer = (groupBy: readonly string[] = ['Computer']) =>
    correlation('outer', {
      type: 'temporal',
      rules: ['inner', 'b'],
      condition: threshold({ gte: 2 }),
      groupBy,
    });
  const rows: Row[] = [by('u', 0), by('u', 1_000), { at: 2_000, rules: ['b'] }];
  table([
    {
      name: 'only the outer one alerts',
      rules: ruleSet([inner(false), outer()]),
      rows,
      expected: ['outer h1 1000×2'],
    },
    {
      name: 'both do if told so',
      rules: ruleSet([inner(true), outer()]),
      rows,
      expected: ['inner h1/u 0×2', 'outer h1 1000×2'],
    },
    {
      name: 'the inner alert counts at the time when it opened',
      rules: ruleSet([inner(false), outer()]),
      rows: [by('u', 0), by('u', 1_000), { at: 10_999, rules: ['b'] }],
      expected: ['outer h1 1000×2'],
    },
    {
      name: 'a millisecond later it does not',
      rules: ruleSet([inner(false), outer()]),
      rows: [by('u', 0), by('u', 1_000), { at: 11_000, rules: ['b'] }],
      expected: [],
    },
    {
      name: 'the outer group has only the values of the inner one',
      rules: ruleSet([inner(false, ['Computer']), outer(['user'])]),
      rows: [by('u', 0), by('u', 1), { at: 2, rules: ['b'], fields: { user: 'u' } }],
      expected: [],
    },
    {
      name: 'an inner alert of silence counts when its window closed',
      rules: ruleSet([
        correlation(
          'inner',
          { type: 'event_count', rules: ['a'], condition: threshold({ lt: 1 }) },
          { alerts: false },
        ),
        outer(),
      ]),
      rows: [
        { at: 0, rules: ['a'] },
        { at: 12_000, rules: ['b'] },
      ],
      expected: ['outer h1 10000×2'],
    },
  ]);

  it('across hosts, from correlations of one host', () => {
    const spread = correlation('outer', {
      type: 'value_count',
      rules: ['inner'],
      condition: threshold({ gte: 2 }, { fields: ['Computer'] }),
      groupBy: ['user'],
    });
    const stream = [by('u', 0), by('u', 1, 'h2'), by('u', 2), by('u', 3, 'h2')];
    const detections = run(engineFor(ruleSet([inner(false), spread])), [events(stream)]);
    expect(detections.map(briefly)).to.deep.equal(['outer u 2×2']);
  });
});

describe('K24 evidence', () => {
  const burst = (total: number): Row[] =>
    Array.from({ length: total }, (_, index) => ({ at: index, rules: ['a'], id: `id-${index}` }));
  const rules = ruleSet([
    correlation('c', { type: 'event_count', rules: ['a'], condition: threshold({ gte: 50 }) }),
  ]);

  it('names group, value, window and matched rules', () => {
    const [opened] = run(engineFor(rules), [events(burst(50))]);
    expect(opened).to.deep.include({
      key: [{ field: 'Computer', value: 'h1' }],
      value: 50,
      window: { from: 49 - 10_000, to: 49, timespanMs: 10_000 },
      matched: ['a'],
      firstTime: 0,
      lastTime: 49,
      episodeStart: 0,
    });
  });

  it('is all events while they are few', () => {
    const few = ruleSet([
      correlation('c', { type: 'event_count', rules: ['a'], condition: threshold({ gte: 5 }) }),
    ]);
    const [opened] = run(engineFor(few), [events(burst(5))]);
    expect(opened?.evidence.map(({ id, time, ruleId }) => `${id} ${time} ${ruleId}`)).to.deep.equal(
      [0, 1, 2, 3, 4].map((index) => `id-${index} ${index} a`),
    );
    expect(opened?.evidence[0]?.document).to.deep.equal({ event: { id: 'id-0' } });
  });

  it('is bounded: the crossing, the last, and a sample that no order of arrival changes', () => {
    const limits = { evidenceMax: 6 };
    const stream = events(burst(300));
    const inOrder = run(engineFor(rules, { limits }), [stream]).at(-1);
    const ids = inOrder?.evidence.map(({ id }) => id) ?? [];
    expect(ids).to.have.length(6);
    expect(ids).to.include.members(['id-49', 'id-299']);
    const again = stream.map((event) => event).toReversed();
    const reversed = run(engineFor(rules, { limits }), [again.slice(0, 100), again.slice(100)]).at(
      -1,
    );
    expect(reversed?.evidence).to.deep.equal(inOrder?.evidence);
  });

  it('of a long episode takes no more room than that of a short one', () => {
    const lasting = ruleSet([
      correlation('c', {
        type: 'event_count',
        rules: ['a'],
        condition: threshold({ gte: 5 }),
        timespanMs: 10,
      }),
    ]);
    const engine = engineFor(lasting, { limits: { redeliveryPerHostMax: 0, latenessMs: 0 } });
    const sizes: number[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const rows = burst(500).map(({ at, id }) => ({
        at: 10_000 + batch * 500 + at,
        rules: ['a'],
        id: `${batch}-${id}`,
      }));
      engine.observe(events(rows), () => undefined);
      const { archive } = engine.snapshot().state as { archive: { kept: readonly unknown[] } };
      sizes.push(archive.kept.length);
    }
    // First, crossing, last, a sample of twelve, and what stands in the window.
    expect(Math.max(...sizes)).to.be.at.most(3 + 12 + 10);
  });

  it('keeps the bytes of its own record, not of the batch that it came in', () => {
    const [event] = events(rowsAt([0]));
    if (event === undefined) throw new Error('one event');
    const batch = new Uint8Array(4_096);
    const { record } = event.origin;
    batch.set(record.payload ?? [], 100);
    const payload = batch.subarray(100, 100 + (record.payload?.length ?? 0));
    const key = batch.subarray(0, 2);
    const viewing = { ...event, origin: { record: { ...record, payload, key }, index: 0 } };
    const kept = keepEvent({ event: viewing, time: 0, ruleId: 'a', computed: [] }).origin?.record;
    expect(kept?.payload).to.deep.equal(record.payload);
    expect(kept?.payload?.buffer.byteLength).to.equal(payload.length);
    expect(kept?.key?.buffer.byteLength).to.equal(2);
  });

  it('carries what enrichments computed', () => {
    const stream = events(rowsAt([0, 1]));
    for (const event of stream) event.derived.set('process.ai_agent.name', 'claude');
    const [opened] = run(engineFor(ruleSet([grouped(['Computer'])])), [stream]);
    expect(opened?.evidence[0]?.document).to.include({ 'process.ai_agent.name': 'claude' });
  });
});
