import { expect } from 'chai';
import fc from 'fast-check';
import type { EngineLimits } from '../../src/engine/engine.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';
import type { LinkedCorrelation } from '../../src/language/ruleset.ts';
import type { Row } from '../engine/fakes.ts';
import { correlation, detection, ruleSet, threshold } from '../engine/fakes.ts';
import { outcome } from './scenario.ts';
import {
  happenings,
  logOf,
  nameOf,
  TaskWorld,
  type Disk,
  type Happening,
  type RulesByEpoch,
} from './task-world.ts';

const one: RuleSet = ruleSet(
  [
    correlation('count', {
      type: 'event_count',
      rules: ['a'],
      condition: threshold({ gte: 2 }),
      timespanMs: 9,
    }),
    correlation('ordered', {
      type: 'temporal_ordered',
      rules: ['a', 'b'],
      condition: threshold({ gte: 2 }),
      timespanMs: 9,
    }),
    correlation('few', {
      type: 'event_count',
      rules: ['c'],
      condition: threshold({ lt: 2 }),
      timespanMs: 5,
    }),
    correlation('across', {
      type: 'value_count',
      rules: ['a', 'b'],
      condition: threshold({ gte: 2 }, { fields: ['Computer'] }),
      groupBy: [],
      timespanMs: 9,
    }),
  ],
  [detection('plain')],
);

const count: LinkedCorrelation = correlation('count', {
  type: 'event_count',
  rules: ['b'],
  condition: threshold({ gte: 3 }),
  timespanMs: 20,
});

/** `count` means something else, `ordered` is gone, `more` is new; the others are as they were. */
const other: RuleSet = ruleSet(
  [
    { ...count, meaning: 'another meaning of count' },
    ...one.correlations.filter(({ rule }) => rule.id === 'few' || rule.id === 'across'),
    correlation('more', {
      type: 'event_count',
      rules: ['c'],
      condition: threshold({ gte: 2 }),
      timespanMs: 9,
    }),
  ],
  [detection('plain')],
);

export const rules: RulesByEpoch = { one, other };

/** Out of order, far ahead now and then, and repeating ids: everything that a log may hold. */
export const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    at: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, fc.constantFrom(9_000_000, -5_000)),
    host: fc.constantFrom('h1', 'h2', 'h3'),
    rules: fc.subarray(['a', 'b', 'c', 'plain'], { minLength: 1 }),
    id: fc.nat(80).map(String),
  }),
  { maxLength: 40 },
);

export const limits: Partial<EngineLimits> = { latenessMs: 4 };

/** A disk that holds these logs and nothing else yet. */
export function diskOf(logs: readonly (readonly Row[])[]): Disk {
  return {
    logs: logs.map((log, index) => logOf(nameOf(index), log)),
    written: logs.map(() => 0),
    checkpoint: undefined,
    marks: [],
    epoch: 'one',
  };
}

/** Lets a story happen and the inputs end; gives each alert in the end. */
export function run(disk: Disk, story: readonly Happening[]): ReturnType<typeof outcome> {
  const world = new TaskWorld(rules, limits, disk);
  for (const happening of story) world.happen(happening);
  world.finish();
  return outcome(world.detections);
}

/**
 * Killed anywhere, also between a mark (of a clock, or of changed rules) and the next checkpoint, a
 * task does what it would have done if never stopped: nothing counts but its logs and its marks.
 */
export function runSchedules(options: { readonly seed: number; readonly count: number }): void {
  const { seed, count: numRuns } = options;
  fc.assert(
    fc.property(rows, rows, happenings, (log, second, story) => {
      const disk = diskOf([log, second]);
      const killed = run(disk, story);
      expect(run({ ...disk, checkpoint: undefined }, [])).to.deep.equal(killed);
    }),
    { seed, numRuns },
  );
}
