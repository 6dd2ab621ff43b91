import { expect } from 'chai';
import type { Detection, Engine, EngineSnapshot } from '../../src/engine/engine.ts';
import { correlation, engineFor, events, ruleSet, threshold, type Row } from './fakes.ts';

// What silence lets pass: each host's own clock, by that host's own silence.

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const burst = correlation('burst', {
  type: 'event_count',
  rules: ['a'],
  condition: threshold({ gte: 2 }),
});
const across = correlation('across', {
  type: 'event_count',
  rules: ['a'],
  condition: threshold({ gte: 2 }),
  groupBy: [],
  timespanMs: MINUTE,
});
const absent = correlation('absent', {
  type: 'event_count',
  rules: ['a'],
  condition: threshold({ lt: 2 }),
  timespanMs: MINUTE,
});

class Story {
  readonly alerts: string[] = [];
  engine: Engine;
  readonly #rules;

  constructor(...rules: Parameters<typeof ruleSet>[0]) {
    this.#rules = ruleSet(rules);
    this.engine = engineFor(this.#rules);
  }

  happens(...rows: readonly Row[]): this {
    this.engine.observe(events(rows), this.#note);
    return this;
  }

  /** Silence in steps, as the runtime tells of it. */
  silence(ms: number, step = SECOND): this {
    for (let passed = 0; passed < ms; passed += step) this.engine.elapse(step, this.#note);
    return this;
  }

  restart(): this {
    const snapshot = JSON.parse(JSON.stringify(this.engine.snapshot())) as EngineSnapshot;
    this.engine = engineFor(this.#rules);
    this.engine.restore(snapshot);
    return this;
  }

  readonly #note = ({ rule, phase, firstTime }: Detection): void => {
    if (phase === 'opened') this.alerts.push(`${rule.id} ${String(firstTime)}`);
  };
}

const a = (at: number, host = 'h1', id?: string): Row => ({
  at,
  host,
  rules: ['a'],
  ...(id === undefined ? {} : { id }),
});

describe('silence', () => {
  it('lets what waits have its turn after the lateness and the step before it', () => {
    const story = new Story(burst).happens(a(1000), a(1500));
    expect(story.silence(5 * SECOND).alerts).to.deep.equal([]);
    expect(story.silence(SECOND).alerts).to.deep.equal(['burst 1000']);
  });

  it('an event ends it: it is counted anew', () => {
    const story = new Story(burst).happens(a(1000), a(1500)).silence(5 * SECOND);
    expect(story.happens(a(1600)).silence(5 * SECOND).alerts).to.deep.equal([]);
    expect(story.silence(SECOND).alerts).to.deep.equal(['burst 1000']);
  });

  it('of one host lets nothing pass for another', () => {
    const story = new Story(burst).happens(a(1000), a(1500)).silence(5 * SECOND);
    story.happens(a(90_000, 'h2')).silence(SECOND);
    expect(story.alerts).to.deep.equal(['burst 1000']);
    expect(story.engine.statistics().waiting).to.equal(1);
  });

  it('makes nothing late that a laptop kept while it was offline for nine minutes', () => {
    const story = new Story(burst).happens(a(1000), a(1001)).silence(9 * MINUTE);
    story.happens(a(40_000), a(40_500), a(9 * MINUTE));
    expect(story.engine.statistics().late).to.equal(0);
    expect(story.alerts).to.deep.equal(['burst 1000', 'burst 40000']);
  });

  it('makes no event of a host late whose clock is a year slow', () => {
    const story = new Story(burst).happens(a(31_536_000_000, 'h2'), a(31_536_000_001, 'h2'));
    story.happens(a(1000), a(1001)).silence(8 * SECOND);
    story.happens(a(12_500), a(12_600)).silence(8 * SECOND);
    expect(story.engine.statistics().late).to.equal(0);
  });

  it('closes windows that wait for something not to happen, ten minutes later', () => {
    const story = new Story(absent).happens(a(1000), a(1001));
    expect(story.silence(10 * MINUTE).alerts).to.deep.equal([]);
    expect(story.silence(2 * MINUTE).alerts).to.have.length(1);
  });

  it('of a host holds back correlations across hosts for half a minute', () => {
    const story = new Story(across).happens(a(900, 'h2'), a(1000, 'h2'));
    story.happens(a(31_000), a(31_001)).silence(SECOND);
    for (let second = 32; second < 72; second++) {
      story.silence(SECOND).happens(a(second * SECOND));
    }
    expect(story.alerts).to.deep.equal(['across 900']);
  });

  it('of one host among others that go on is told by the time of the log', () => {
    const story = new Story(burst, across);
    const logged = (at: number, host: string): Row => ({ ...a(at, host), recordTime: at });
    const nothing = (at: number): Row => ({ ...logged(at, 'h1'), rules: [] });
    story.happens(logged(900, 'h2'), logged(1000, 'h2'), logged(2000, 'h1'));
    for (let second = 3; second < 60; second++) {
      story.happens(nothing(second * SECOND));
      if (second % 20 === 0) story.restart();
      if (second === 5) expect(story.alerts).to.deep.equal([]);
      // What it had sent is judged after the lateness; what others sent waits for it longer.
      if (second === 8) expect(story.alerts).to.deep.equal(['burst 900', 'across 900']);
      if (second === 30) expect(story.engine.statistics().waiting).to.equal(1);
    }
    expect(story.engine.statistics().waiting).to.equal(0);
    // It speaks again, and is waited for again.
    story.happens(logged(60_000, 'h2'), logged(62_000, 'h2'), nothing(63_000));
    const { waiting, late, lateAcrossHosts } = story.engine.statistics();
    expect([waiting, late, lateAcrossHosts]).to.deep.equal([2, 0, 0]);
  });

  it('is remembered by a snapshot', () => {
    const whole = new Story(burst, across).happens(a(1000, 'h2', 'x'), a(1500, 'h2', 'y'));
    const stopped = new Story(burst, across).happens(a(1000, 'h2', 'x'), a(1500, 'h2', 'y'));
    whole.silence(4 * SECOND).silence(40 * SECOND);
    stopped
      .silence(4 * SECOND)
      .restart()
      .silence(40 * SECOND)
      .restart();
    expect(stopped.alerts).to.deep.equal(whole.alerts);
    expect(whole.alerts).to.include.members(['burst 1000', 'across 1000']);
  });
});
