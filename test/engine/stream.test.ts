import { expect } from 'chai';
import type { Detection, EngineSnapshot } from '../../src/engine/engine.ts';
import type { Tracker } from '../../src/enrichment/enrichment.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import {
  correlation,
  detection,
  END,
  engineFor,
  events,
  finalStates,
  ruleSet,
  run,
  threshold,
  type Row,
} from './fakes.ts';
import { briefly, rowsAt } from './correlations/table.ts';

const pair = correlation('c', {
  type: 'event_count',
  rules: ['a'],
  condition: threshold({ gte: 2 }),
});
const acrossHosts = (type: 'event_count' | 'temporal_ordered', rules: readonly string[]) =>
  correlation('c', { type, rules, groupBy: [], condition: threshold({ gte: 2 }) });

describe('rules without window', () => {
  it('alert on arrival, whatever waits', () => {
    const engine = engineFor(ruleSet([pair], [detection('x')]));
    const detections: Detection[] = [];
    engine.observe(events([{ at: 7, rules: ['x'], id: 'id-1' }]), (detected) =>
      detections.push(detected),
    );
    expect(detections).to.have.length(1);
    const [{ evidence, ...rest }] = detections as [Detection];
    expect(evidence.map(({ id }) => id)).to.deep.equal(['id-1']);
    expect(rest).to.deep.include({
      phase: 'opened',
      eventId: 'id-1',
      episodeStart: undefined,
      firstTime: 7,
      lastTime: 7,
      count: 1,
      key: [],
      matched: ['selection'],
      host: 'h1',
    });
  });

  it('alert for late events too', () => {
    const engine = engineFor(ruleSet([], [detection('x')]));
    const rows = [100_000, 100_001, 5].map((at) => ({ at, rules: ['x'] }));
    expect(run(engine, [events(rows)])).to.have.length(3);
    expect(engine.statistics().late).to.equal(1);
  });
});

describe('suppression', () => {
  const rules = (by: readonly string[] = []) =>
    ruleSet([], [detection('x', { suppress: { durationMs: 1_000, by } })]);
  const lines: readonly (readonly [
    name: string,
    times: readonly number[],
    expected: readonly string[],
  ])[] = [
    ['counts into the first', [0, 500, 999], ['x  id-0×3']],
    ['ends at the duration', [0, 999, 1_000], ['x  id-0×2', 'x  id-2×1']],
    ['is not prolonged by what it counts', [0, 999, 1_500], ['x  id-0×2', 'x  id-2×1']],
    ['the first by event time is the first', [500, 0, 999], ['x  id-1×3']],
  ];
  for (const [name, times, expected] of lines) {
    it(name, () => {
      const rows = times.map((at, index): Row => ({ at, rules: ['x'], id: `id-${index}` }));
      const states = finalStates(run(engineFor(rules()), [events(rows)]));
      expect([...states.values()].map(briefly)).to.deep.equal(expected);
    });
  }

  it('is by host unless told otherwise', () => {
    const rows: Row[] = ['h1', 'h2', 'h1'].map((host, at) => ({ at, rules: ['x'], host }));
    expect(finalStates(run(engineFor(rules()), [events(rows)])).size).to.equal(2);
    expect(finalStates(run(engineFor(rules(['user'])), [events(rows)])).size).to.equal(1);
  });

  it('loses no late event', () => {
    const rows: Row[] = [100_000, 100_001, 99_500, 5].map((at, index) => ({
      at,
      rules: ['x'],
      id: `id-${index}`,
    }));
    const engine = engineFor(rules(), { limits: { latenessMs: 0 } });
    const states = finalStates(run(engine, [events(rows)]));
    const alerts = [...states.values()].map(briefly).toSorted();
    expect(alerts).to.deep.equal(['x  id-0×3', 'x  id-3×1']);
  });
});

describe('K17 T3 late events', () => {
  it('are kept out of windows, and counted', () => {
    const engine = engineFor(ruleSet([pair]));
    const rows = rowsAt([100_000, 100_001, 100_002, 40_000, 40_001]);
    expect(run(engine, [events(rows)]).map(briefly)).to.deep.equal([
      'c h1 100000×2',
      'c h1 100000×3',
    ]);
    expect(engine.statistics().late).to.equal(2);
  });

  it('events exactly as late as allowed are not late', () => {
    const engine = engineFor(ruleSet([pair]), { limits: { latenessMs: 1_000 } });
    const rows = rowsAt([0, 20_000, 20_001, 19_001, 19_000]);
    const [opened] = run(engine, [events(rows)]);
    expect(opened?.episodeStart).to.equal(19_001);
    expect(engine.statistics().late).to.equal(1);
  });

  it('another host does not make them late', () => {
    const engine = engineFor(ruleSet([pair]));
    const rows = [...rowsAt([900_000, 900_001], { host: 'h2' }), ...rowsAt([0, 1])];
    expect(
      run(engine, [events(rows)])
        .map(briefly)
        .toSorted(),
    ).to.deep.equal(['c h1 0×2', 'c h2 900000×2']);
  });
});

describe('T1 redelivery', () => {
  it('equal ids of one host are one event', () => {
    const engine = engineFor(ruleSet([pair], [detection('x')]));
    const rows: Row[] = ['1', '1', '1'].map((id) => ({ at: 0, rules: ['a', 'x'], id }));
    expect(run(engine, [events(rows)]).map(briefly)).to.deep.equal(['x  1×1']);
    expect(engine.statistics().duplicates).to.equal(2);
  });

  it('equal ids of two hosts are two events', () => {
    const engine = engineFor(ruleSet([acrossHosts('event_count', ['a'])]));
    const rows: Row[] = ['h1', 'h2'].map((host) => ({ at: 0, rules: ['a'], id: '1', host }));
    expect(run(engine, [events(rows)]).map(briefly)).to.deep.equal(['c  0×2']);
  });

  it('is recognised as far back as the limit says, and not at all if that is 0', () => {
    for (const [redeliveryPerHostMax, duplicates] of [
      [0, 0],
      [4, 0],
      [20, 1],
    ] as const) {
      const engine = engineFor(ruleSet([pair]), { limits: { redeliveryPerHostMax } });
      const rows = [...Array(9).keys(), 0].map((index): Row => ({
        at: index,
        rules: ['a'],
        id: `id-${index}`,
      }));
      run(engine, [events(rows)]);
      expect(engine.statistics().duplicates).to.equal(duplicates);
    }
  });

  it('in all hosts is bounded, oldest first', () => {
    const engine = engineFor(ruleSet([pair]), {
      limits: { redeliveryPerHostMax: 4, redeliveryMax: 6 },
    });
    const of = (host: string): Row[] =>
      [0, 1].map((at) => ({ at, host, rules: ['a'], id: `id-${at}` }));
    run(engine, [
      events([...of('h1'), ...of('h2'), ...of('h3'), ...of('h4'), ...of('h4'), ...of('h1')]),
    ]);
    expect(engine.statistics().duplicates).to.equal(2);
  });
});

describe('the buffer of a host', () => {
  it('lets the earliest go when it is full; older ones are late from then on', () => {
    const engine = engineFor(ruleSet([pair]), { limits: { waitingPerHostMax: 2 } });
    const rows = rowsAt([1_000, 1_001, 1_002, 999, 1_000]);
    const [opened] = run(engine, [events(rows)]);
    expect(opened?.episodeStart).to.equal(1_000);
    expect(engine.statistics()).to.include({ forced: 2, late: 1 });
    expect(engine.statistics().findings).to.deep.include({
      kind: 'waiting',
      host: 'h1',
      ruleId: undefined,
      count: 2,
      since: 1002,
    });
  });

  it('in all hosts: the fullest gives way', () => {
    const engine = engineFor(ruleSet([pair]), { limits: { waitingMax: 3 } });
    const rows = [...rowsAt([0, 1, 2]), ...rowsAt([0], { host: 'h2' })];
    engine.observe(events(rows), () => undefined);
    expect(engine.statistics()).to.include({ forced: 1, waiting: 3, fullest: 4 / 3 });
    expect(engine.statistics().findings.map(({ host }) => host)).to.deep.equal(['h1']);
  });
});

describe('correlations across hosts', () => {
  it('wait for the slowest host', () => {
    const engine = engineFor(ruleSet([acrossHosts('event_count', ['a'])]), {
      limits: { latenessMs: 0 },
    });
    const opened: string[] = [];
    const emit = (detected: Detection): unknown => opened.push(briefly(detected));
    engine.observe(events([...rowsAt([0, 1], { host: 'h2' }), ...rowsAt([3, 5, 100])]), emit);
    expect(opened).to.deep.equal([]);
    engine.observe(events(rowsAt([4], { host: 'h2' })), emit);
    expect(opened).to.deep.equal(['c  0×2', 'c  0×3']);
    engine.observe(events(rowsAt([50], { host: 'h2' })), emit);
    expect(opened.at(-1)).to.equal('c  0×5');
  });

  it('do not take events of one moment before every host has passed it', () => {
    const rules = ruleSet([acrossHosts('temporal_ordered', ['a', 'b'])]);
    const engine = engineFor(rules, { limits: { latenessMs: 0 } });
    const hosts = ['h1', 'h2', 'h1', 'h2'];
    const before = hosts.map((host, at): Row => ({ at, host, rules: ['x'] }));
    const one: Row[] = [7, 8].map((at) => ({ at, rules: ['b'], id: `2-${at}`, host: 'h1' }));
    const other: Row[] = [{ at: 7, rules: ['a'], id: '1', host: 'h2' }];
    const [opened] = run(engine, [events([...before, ...one]), events(other)]);
    expect(opened?.window?.to).to.equal(7);
  });

  it('count hits of a host that appears with older events, and leave them out', () => {
    const engine = engineFor(ruleSet([acrossHosts('event_count', ['a'])]));
    const late = rowsAt([0, 1], { host: 'h2' });
    const detections = run(engine, [events(rowsAt([100_000, 100_001, 200_000])), events(late)]);
    expect(detections.map(briefly)).to.deep.equal(['c  100000×2']);
    expect(engine.statistics().lateAcrossHosts).to.equal(2);
    expect(engine.statistics().late).to.equal(0);
  });

  it('know after a restart what they have passed', () => {
    const rules = ruleSet([acrossHosts('event_count', ['a'])]);
    const engine = engineFor(rules);
    engine.observe(events(rowsAt([100_000, 100_001, 200_000])), () => undefined);
    const restored = engineFor(rules);
    restored.restore(engine.snapshot());
    run(restored, [events(rowsAt([0, 1], { host: 'h2' }))]);
    expect(restored.statistics().lateAcrossHosts).to.equal(2);
  });

  it('let the earliest go when their buffer is full', () => {
    const engine = engineFor(ruleSet([acrossHosts('event_count', ['a'])]), {
      limits: { latenessMs: 0, waitingMax: 3 },
    });
    const rows = [...rowsAt([0], { host: 'h2' }), ...rowsAt([1, 2, 3, 4, 5])];
    engine.observe(events(rows), () => undefined);
    expect(engine.statistics()).to.include({ forced: 1, waiting: 5 });
  });
});

describe('idle advance', () => {
  it('closes windows of hosts that fell silent, and makes older events late', () => {
    const absent = correlation('c', {
      type: 'event_count',
      rules: ['a'],
      condition: threshold({ lt: 1 }),
    });
    const engine = engineFor(ruleSet([absent]));
    const opened: string[] = [];
    const emit = (detected: Detection): unknown => opened.push(briefly(detected));
    engine.observe(events(rowsAt([0, 1])), emit);
    engine.advance(10_001, emit);
    expect(opened).to.deep.equal([]);
    engine.advance(10_002, emit);
    expect(opened).to.deep.equal(['c h1 1×1']);
    engine.observe(events(rowsAt([10_001])), emit);
    expect(engine.statistics().late).to.equal(1);
  });

  it('never moves a watermark back', () => {
    const engine = engineFor(ruleSet([pair]));
    engine.observe(events(rowsAt([0])), () => undefined);
    engine.advance(50_000, () => undefined);
    engine.advance(0, () => undefined);
    engine.observe(events(rowsAt([49_999])), () => undefined);
    expect(engine.statistics().late).to.equal(1);
  });
});

/** Says of each event which others it has seen, and whether it was fed by it. */
function tracker(log: string[]): Tracker {
  let fed: string[] = [];
  return {
    name: 'seen',
    fields: ['seen'],
    feeds: (event) => event.get('rules') !== undefined && event.get('feed') === true,
    observe: (event) => {
      fed.push(event.id);
      log.push(`observe ${event.id}`);
    },
    enrich: (event) => event.derived.set('seen', fed.join(',')).size > 0,
    snapshot: () => fed,
    restore: (state) => {
      fed = [...(state as string[])];
    },
    statistics: () => ({ entries: fed.length, evicted: 0, fullest: 0 }),
  };
}

describe('trackers', () => {
  const fed = (at: number, id: string, rest: Partial<Row> = {}): Row => ({
    at,
    id,
    rules: [],
    fields: { feed: true },
    ...rest,
  });

  it('see the events of a host in order, once, and not the late ones', () => {
    const log: string[] = [];
    const engine = engineFor(ruleSet([]), { trackers: [tracker(log)], limits: { latenessMs: 10 } });
    run(engine, [
      events([fed(5, 'c'), fed(5, 'b'), fed(1, 'a'), fed(1, 'a'), fed(90, 'e'), fed(7, 'late')]),
    ]);
    expect(log).to.deep.equal(['observe a', 'observe b', 'observe c', 'observe e']);
    expect(engine.statistics()).to.include({ late: 1, duplicates: 1 });
  });

  it('have seen everything before an event when rules over their fields judge it', () => {
    const rules = ruleSet([], [detection('ordered')]);
    const engine = engineFor(rules, { trackers: [tracker([])] });
    const stream = events([fed(5, 'c', { ordered: ['ordered'] }), fed(1, 'a'), fed(9, 'd')]);
    const [detected] = run(engine, [stream]);
    expect(detected?.evidence[0]?.document).to.include({ seen: 'a,c' });
  });

  it('have seen all of a moment before any of it is judged, as sensors count in whole seconds', () => {
    const rules = ruleSet([], [detection('ordered')]);
    const engine = engineFor(rules, { trackers: [tracker([])] });
    const child = fed(5, 'a-child', { ordered: ['ordered'] });
    const [detected] = run(engine, [events([child, fed(5, 'z-parent'), fed(6, 'next')])]);
    expect(detected?.evidence[0]?.document).to.include({ seen: 'a-child,z-parent' });
  });

  it('tell late events what they know now', () => {
    const engine = engineFor(ruleSet([], [detection('ordered')]), {
      trackers: [tracker([])],
      limits: { latenessMs: 0 },
    });
    const rows = [
      fed(50, 'a'),
      fed(51, 'b'),
      fed(52, 'c'),
      fed(3, 'late', { ordered: ['ordered'] }),
    ];
    const [detected] = run(engine, [events(rows)]);
    expect(detected?.evidence[0]?.document).to.include({ seen: 'a,b' });
  });

  it('learn from what waits for a host that is given up', () => {
    const log: string[] = [];
    const engine = engineFor(ruleSet([]), { trackers: [tracker(log)], limits: { hostsMax: 1 } });
    engine.observe(
      events([fed(1, 'b'), fed(1, 'a'), fed(2, 'c', { host: 'h2' })]),
      () => undefined,
    );
    expect(log).to.deep.equal(['observe a', 'observe b']);
  });

  it('are not asked about events that no rule over their fields can match', () => {
    const asked: string[] = [];
    const asking = { ...tracker([]), enrich: ({ id }: TelemetryEvent) => asked.push(id) > 0 };
    const engine = engineFor(ruleSet([pair], [detection('ordered')]), { trackers: [asking] });
    const rows: Row[] = [
      { at: 1, rules: [], id: 'plain' },
      { at: 3, rules: ['a'], id: 'counted' },
      { at: 4, rules: [], ordered: ['ordered'], id: 'judged' },
    ];
    engine.observe(events(rows), () => undefined);
    expect(engine.statistics().waiting).to.equal(2);
    engine.advance(END, () => undefined);
    expect(asked).to.deep.equal(['counted', 'judged']);
  });

  it('survive in snapshots', () => {
    const engine = engineFor(ruleSet([]), { trackers: [tracker([])], limits: { latenessMs: 0 } });
    engine.observe(events([fed(1, 'a'), fed(2, 'b'), fed(3, 'c')]), () => undefined);
    const snapshot = JSON.parse(JSON.stringify(engine.snapshot())) as EngineSnapshot;
    const log: string[] = [];
    const restored = engineFor(ruleSet([]), { trackers: [tracker(log)] });
    restored.restore(snapshot);
    restored.advance(END, () => undefined);
    expect(log).to.deep.equal(['observe c']);
  });
});
