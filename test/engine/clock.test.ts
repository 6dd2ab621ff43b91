import { expect } from 'chai';
import fc from 'fast-check';
import { CLOCK_SKEW_FIELD, HostClock } from '../../src/engine/clock.ts';
import { HostLane } from '../../src/engine/lane.ts';
import {
  correlation,
  detection,
  engineFor,
  events,
  ruleSet,
  run,
  threshold,
  type Row,
} from './fakes.ts';
import { briefly } from './correlations/table.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const YEAR = 365 * 24 * HOUR;

describe("a host's clock, without the log's time", () => {
  const lines: readonly {
    readonly name: string;
    readonly claimed: readonly number[];
    readonly judged: readonly number[];
    readonly newest: number | undefined;
  }[] = [
    { name: 'is its own from the first', claimed: [5], judged: [5], newest: undefined },
    {
      name: 'is believed by the second event',
      claimed: [5, HOUR + 5],
      judged: [5, HOUR + 5],
      newest: HOUR + 5,
    },
    { name: 'may go back', claimed: [HOUR, 0], judged: [HOUR, 0], newest: HOUR },
    { name: 'may jump an hour', claimed: [0, 0, HOUR], judged: [0, 0, HOUR], newest: HOUR },
    { name: 'not a millisecond more', claimed: [0, 0, HOUR + 1], judged: [0, 0, HOUR], newest: 0 },
    {
      name: 'two further events do not confirm a jump',
      claimed: [0, 0, YEAR, YEAR, YEAR],
      judged: [0, 0, HOUR, HOUR, HOUR],
      newest: 0,
    },
    {
      name: 'three do',
      claimed: [0, 0, YEAR, YEAR + 1, YEAR + 2, YEAR + 3],
      judged: [0, 0, HOUR, HOUR, HOUR, YEAR + 3],
      newest: YEAR + 3,
    },
    {
      name: 'they confirm as far as all of them go',
      claimed: [0, 0, 9 * YEAR, YEAR, YEAR + 1, YEAR + 2],
      judged: [0, 0, HOUR, HOUR, HOUR, YEAR + 2],
      newest: YEAR + 2,
    },
    {
      name: 'a sparse host goes on, three events behind',
      claimed: [0, 2, 4, 6, 8, 10, 12].map((hours) => hours * HOUR),
      judged: [0, 2, 4, 1, 3, 5, 7].map((hours) => hours * HOUR),
      newest: 6 * HOUR,
    },
    {
      name: 'one that contradicts starts it anew',
      claimed: [0, 0, YEAR, YEAR, YEAR, 1, YEAR, YEAR],
      judged: [0, 0, HOUR, HOUR, HOUR, 1, HOUR + 1, HOUR + 1],
      newest: 1,
    },
    {
      name: 'a step between makes a jump reachable',
      claimed: [0, 0, HOUR + 5, 10, HOUR + 11],
      judged: [0, 0, HOUR, 10, HOUR + 11],
      newest: HOUR + 11,
    },
    {
      name: 'a forged first event is not believed',
      claimed: [YEAR, 5, 6],
      judged: [YEAR, 5, 6],
      newest: 6,
    },
  ];
  for (const { name, claimed, judged, newest } of lines) {
    it(name, () => {
      const clock = new HostClock();
      expect(claimed.map((time) => clock.read(time, undefined))).to.deep.equal(judged);
      expect(clock.newest).to.equal(newest);
    });
  }
});

describe("a host's clock, with the log's time", () => {
  const lines: readonly (readonly [
    name: string,
    claimed: number,
    judged: number,
    newest: number,
  ])[] = [
    ['behind it is its own', 900_000, 900_000, 900_000],
    [
      "five minutes ahead is its own, but moves only to the log's",
      1_000_000 + 5 * MINUTE,
      1_000_000 + 5 * MINUTE,
      1_000_000,
    ],
    ["further ahead is the log's", 1_000_001 + 5 * MINUTE, 1_000_000, 1_000_000],
    ['beyond all calendars too', Number.MAX_SAFE_INTEGER, 1_000_000, 1_000_000],
  ];
  for (const [name, claimed, judged, newest] of lines) {
    it(name, () => {
      const clock = new HostClock();
      expect(clock.read(claimed, 1_000_000)).to.equal(judged);
      expect(clock.skewed).to.equal(claimed !== judged);
      expect(clock.newest).to.equal(newest);
    });
  }
});

describe('T4 T5 forged times', () => {
  const rules = ruleSet([
    correlation('c', { type: 'event_count', rules: ['a'], condition: threshold({ gte: 5 }) }),
  ]);
  const reads = (at: number): Row[] =>
    Array.from({ length: 40 }, (_, index) => ({ at: at + index * 100, rules: ['a'] }));

  const forged = (every: readonly Row[], recordTime?: number): Row[] =>
    every.flatMap((row, index) =>
      index % 3 === 2
        ? [
            row,
            {
              ...row,
              at: (100 + index) * YEAR,
              ...(recordTime === undefined ? {} : { recordTime }),
            },
          ]
        : [row],
    );

  it('a matching event from the future after every third read hides none of them', () => {
    const plain = run(engineFor(rules), [events(reads(0))]);
    const engine = engineFor(rules);
    const attacked = run(engine, [events(forged(reads(0)))]);
    expect(attacked.filter(({ phase }) => phase === 'opened').map(briefly)).to.include(
      plain.map(briefly)[0],
    );
    const own = attacked.findLast(({ episodeStart }) => episodeStart === 0);
    expect(own?.count).to.equal(40);
    expect(engine.statistics().late).to.equal(0);
    expect(engine.statistics().findings.map(({ kind, host }) => `${kind} ${host}`)).to.deep.equal([
      'clock h1',
    ]);
  });

  it("nor does one that is judged by the log's time", () => {
    const rows = reads(0).map((row) => ({ ...row, recordTime: row.at + 50 }));
    const engine = engineFor(rules);
    const attacked = run(engine, [events(forged(rows))]);
    expect(attacked.findLast(({ episodeStart }) => episodeStart === 0)?.count).to.be.at.least(40);
    expect(engine.statistics()).to.include({ late: 0, clockSkewed: 13 });
  });

  it("a host ahead by years is detected by the log's time, and others are as they were", () => {
    const honest: Row[] = reads(1_000_000).map((row) => ({
      ...row,
      host: 'h2',
      recordTime: row.at,
    }));
    const ahead: Row[] = reads(1_000_000).map((row) => ({
      ...row,
      at: row.at + 10 * YEAR,
      recordTime: row.at,
    }));
    const engine = engineFor(rules);
    const stream = honest.flatMap((row, index) => [row, ahead[index] ?? row]);
    const detections = run(engine, [events(stream)]);
    const names = detections.filter(({ phase }) => phase === 'opened').map(briefly);
    expect(names.toSorted()).to.deep.equal(['c h1 1000000×5', 'c h2 1000000×5']);
    expect(engine.statistics().findings).to.have.length(1);
  });

  it('a host behind by years is judged by rules that need nothing else, and counted', () => {
    const both = ruleSet([], [detection('a')]);
    const engine = engineFor(both);
    const detections = run(engine, [events([...reads(YEAR), { at: 0, rules: ['a'] }])]);
    expect(detections).to.have.length(41);
    expect(engine.statistics().late).to.equal(1);
  });

  it('a host that slept gets its own times, whichever event came first', () => {
    const awake = [2 * HOUR, 2 * HOUR + 1, 2 * HOUR + 2, 2 * HOUR + 3, 2 * HOUR + 4];
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 4, 0, 3, 1],
    ]) {
      const rows = order.map((index): Row => ({ at: awake[index] ?? 0, rules: ['a'] }));
      const engine = engineFor(rules);
      const detections = run(engine, [events([{ at: 0, rules: ['a'] }]), events(rows)]);
      expect(detections.map(briefly)).to.deep.equal([`c h1 ${2 * HOUR}×5`]);
      expect(engine.statistics().findings).to.deep.equal([]);
    }
  });

  it('a host with hours between its events gets its own times', () => {
    const rows = [0, 3, 6, 9, 12, 15, 18].map((hours): Row => ({ at: hours * HOUR, rules: ['a'] }));
    const engine = engineFor(rules);
    expect(run(engine, [events(rows)])).to.deep.equal([]);
    expect(engine.statistics()).to.deep.include({ late: 0, findings: [] });
  });

  it('the end of input believes events that nothing contradicted', () => {
    const three = ruleSet([
      correlation('c', { type: 'event_count', rules: ['a'], condition: threshold({ gte: 3 }) }),
    ]);
    const rows = [0, 0.5, 5, 10, 15].map((hours): Row => ({ at: hours * HOUR, rules: ['a'] }));
    expect(run(engineFor(three), [events(rows)])).to.deep.equal([]);
  });

  it('a forged first event of a host hides none of its others', () => {
    const engine = engineFor(rules);
    const detections = run(engine, [events([{ at: YEAR, rules: ['a'] }, ...reads(0)])]);
    expect(detections.filter(({ phase }) => phase === 'opened').map(briefly)).to.deep.equal([
      'c h1 0×5',
    ]);
    expect(engine.statistics()).to.include({ late: 0, clockSkewed: 1 });
  });

  it('tags the event for rules that judge it', () => {
    const [, first, second] = events([
      { at: 0, rules: ['a'] },
      { at: 0, rules: ['a'] },
      { at: YEAR, rules: ['a'] },
    ]);
    if (first === undefined || second === undefined) throw new Error('two events');
    const earlier = events([{ at: 0, rules: ['a'] }]);
    run(engineFor(ruleSet([], [detection('a')])), [[...earlier, first, second]]);
    expect(first.derived.has(CLOCK_SKEW_FIELD)).to.equal(false);
    expect(second.derived.get(CLOCK_SKEW_FIELD)).to.equal(true);
  });
});

describe('what is no time', () => {
  for (const claimed of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    it(`${claimed} is judged by the log's time, else by the host's newest`, () => {
      const clock = new HostClock();
      clock.read(5, undefined);
      clock.read(7, undefined);
      expect(clock.read(claimed, undefined)).to.equal(7);
      expect(clock.skewed).to.equal(true);
      expect(clock.read(claimed, 9)).to.equal(9);
    });
  }
});

describe('the watermark', () => {
  it('never goes back, whatever times arrive', () => {
    const time = fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.maxSafeInteger());
    const step = fc.tuple(time, fc.option(time, { nil: undefined }), fc.boolean());
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const lane = new HostLane('h1', 10);
        let last = lane.watermark;
        for (const [claimed, recordTime, isIdle] of steps) {
          if (isIdle) lane.raiseFloor(claimed);
          else lane.clock.read(claimed, recordTime);
          expect(lane.watermark).to.be.at.least(last);
          last = lane.watermark;
        }
      }),
      { numRuns: 500 },
    );
  });
});
