import { expect } from 'chai';
import {
  correlation,
  END,
  engineFor,
  events,
  finalStates,
  ruleSet,
  run,
  threshold,
} from './fakes.ts';
import type { Row } from './fakes.ts';
import { briefly, rowsAt } from './correlations/table.ts';

const perUser = (groupBy: readonly string[]) =>
  correlation('c', {
    type: 'event_count',
    rules: ['a'],
    groupBy,
    condition: threshold({ gte: 5 }),
    timespanMs: 1_000_000,
  });

function reads(user: string, times: readonly number[], host = 'h1'): Row[] {
  return times.map((at) => ({ at, rules: ['a'], host, fields: { user } }));
}

/** Other keys, one event each. */
function others(count: number, from: number, host: string): Row[] {
  return Array.from({ length: count }, (_, index) =>
    reads(`other-${index}`, [from + index], host),
  ).flat();
}

describe('K22 M2 a flood of other keys', () => {
  for (const groupBy of [['Computer', 'user'], ['user']]) {
    it(`from another host evicts nothing of the target's, grouped by ${groupBy.join(', ')}`, () => {
      const limits = { keysPerHostMax: 100, keysMax: 1_000 };
      const engine = engineFor(ruleSet([perUser(groupBy)]), { limits });
      const rows = [
        ...reads('target', [0, 1, 2, 3]),
        ...others(1_101, 10, 'h2'),
        ...reads('target', [5_000]),
      ];
      const detections = run(engine, [events(rows)]);
      expect(detections.map(({ rule, count }) => `${rule.id}×${count}`)).to.deep.equal(['c×5']);
      expect(engine.statistics().evicted).to.equal(1_001);
      expect(engine.statistics().findings).to.deep.equal([
        { kind: 'keys', host: 'h2', ruleId: 'c', count: 1_001, since: 5_000 },
      ]);
    });
  }

  it('from the same host evicts the keys that were silent longest', () => {
    const engine = engineFor(ruleSet([perUser(['Computer', 'user'])]), {
      limits: { keysPerHostMax: 3 },
    });
    const rows = [
      ...reads('x', [0, 1, 2, 3]),
      ...reads('y', [4]),
      ...reads('z', [5]),
      ...reads('x', [6]),
      ...reads('w', [7]),
      ...reads('y', [8, 9, 10, 11]),
    ];
    const states = finalStates(run(engine, [events(rows)]));
    expect([...states.values()].map(briefly)).to.deep.equal(['c h1/x 0×5']);
    expect(engine.statistics().evicted).to.equal(2);
  });

  it('in all hosts: the host with the most keys gives one up', () => {
    const limits = { keysPerHostMax: 100, keysMax: 5 };
    const engine = engineFor(ruleSet([perUser(['Computer', 'user'])]), { limits });
    const rows = [...others(4, 0, 'h1'), ...others(1, 10, 'h2'), ...others(2, 20, 'h3')];
    engine.observe(events(rows), () => undefined);
    engine.advance(50, () => undefined);
    expect(engine.statistics().groups).to.equal(5);
    expect(engine.statistics().fullest).to.equal(1);
    expect(engine.statistics().findings).to.deep.equal([
      { kind: 'keys', host: 'h1', ruleId: 'c', count: 2, since: 21 },
    ]);
  });
});

describe('K22 the limit of entries', () => {
  it('drops the earliest of the window, counted', () => {
    const engine = engineFor(ruleSet([perUser(['Computer'])]), { limits: { entriesPerKeyMax: 4 } });
    expect(run(engine, [events(rowsAt([0, 1, 2, 3, 4, 5]))])).to.deep.equal([]);
    expect(engine.statistics().evicted).to.equal(2);
    expect(engine.statistics().findings).to.deep.equal([
      { kind: 'entries', host: 'h1', ruleId: 'c', count: 2, since: 5 },
    ]);
  });
});

describe('the limit of hosts', () => {
  it('forgets hosts of which nothing is remembered before those with a pending window', () => {
    const engine = engineFor(ruleSet([perUser(['Computer'])]), { limits: { hostsMax: 4 } });
    const silent = (host: string): Row => ({ at: 0, rules: ['nothing'], host });
    const rows = [
      ...reads('u', [0, 1, 2, 3]),
      ...['h2', 'h3', 'h4', 'h5', 'h6', 'h7'].map(silent),
      ...reads('u', [4]),
    ];
    expect(run(engine, [events(rows)]).map(briefly)).to.deep.equal(['c h1 0×5']);
    expect(engine.statistics().hosts).to.equal(4);
    expect(engine.statistics().findings.map(({ kind, host }) => `${kind} ${host}`)).to.deep.equal([
      'hosts h2',
      'hosts h3',
      'hosts h4',
    ]);
  });

  it('gives a host that must go its turn first, and counts what its windows held', () => {
    const engine = engineFor(ruleSet([perUser(['Computer'])]), { limits: { hostsMax: 1 } });
    const rows = [...reads('u', [0, 1, 2, 3, 4]), ...reads('u', [0], 'h2')];
    expect(run(engine, [events(rows)]).map(briefly)).to.deep.equal(['c h1 0×5']);
    expect(engine.statistics().evicted).to.equal(1);
  });
});

describe('what is over is forgotten', () => {
  it('as the watermark moves, without further events of the group', () => {
    const rules = ruleSet([
      correlation('c', {
        type: 'event_count',
        rules: ['a'],
        groupBy: ['Computer', 'user'],
        condition: threshold({ gte: 2 }),
      }),
    ]);
    const engine = engineFor(rules, { limits: { latenessMs: 0 } });
    const rows = [...reads('once', [0]), ...reads('burst', [1, 2])];
    engine.observe(events(rows), () => undefined);
    const groupsAt = (time: number): number => {
      engine.advance(time, () => undefined);
      return engine.statistics().groups;
    };
    // An empty window is over a timespan after its last event; an episode a timespan after its
    // truth.
    expect([3, 10_000, 10_001, 20_001, 20_002].map(groupsAt)).to.deep.equal([2, 2, 1, 1, 0]);
  });

  it('at the end of input nothing is left', () => {
    const engine = engineFor(ruleSet([perUser(['Computer', 'user'])]));
    run(engine, [events(others(50, 0, 'h1'))]);
    expect(engine.statistics()).to.include({ groups: 0, waiting: 0 });
    engine.advance(END, () => undefined);
  });
});
