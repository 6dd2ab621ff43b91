import { expect } from 'chai';
import fc from 'fast-check';
import type { EngineLimits } from '../../src/engine/engine.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';
import type { Row } from '../engine/fakes.ts';
import { correlation, detection, ruleSet, threshold } from '../engine/fakes.ts';
import { outcome } from './scenario.ts';
import { happenings, logOf, nameOf, TaskWorld, type Disk, type Happening } from './task-world.ts';

export const rules: RuleSet = ruleSet(
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
 * Killed anywhere, also between a mark and the next checkpoint, a task does what it would have done
 * if never stopped: nothing counts but its logs and its marks.
 */
export function runSchedules(options: { readonly seed: number; readonly count: number }): void {
  const { seed, count: numRuns } = options;
  fc.assert(
    fc.property(rows, rows, happenings, (one, two, story) => {
      const disk = diskOf([one, two]);
      const killed = run(disk, story);
      expect(run({ ...disk, checkpoint: undefined }, [])).to.deep.equal(killed);
    }),
    { seed, numRuns },
  );
}
