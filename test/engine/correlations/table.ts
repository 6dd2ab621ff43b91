import { expect } from 'chai';
import type { Detection } from '../../../src/engine/engine.ts';
import type { LinkedCorrelation, RuleSet } from '../../../src/language/ruleset.ts';
import { engineFor, events, finalStates, ruleSet, run, type Row } from '../fakes.ts';

/** One line of a table: what happens, and the alerts that must come of it. */
export interface Line {
  readonly name: string;
  readonly rules: LinkedCorrelation | RuleSet;
  readonly rows: readonly Row[];
  /** Each alert in the end as `rule key start×count`, e.g. `c h1 0×3`. */
  readonly expected: readonly string[];
}

/** Times in milliseconds at which the rule `a` matches on h1. */
export function rowsAt(times: readonly number[], rest: Omit<Row, 'at' | 'rules'> = {}): Row[] {
  return times.map((at) => ({ at, rules: ['a'], ...rest }));
}

/** The alert as a table writes it. */
export function briefly(detected: Detection): string {
  const key = detected.key.map(({ value }) => value ?? '-').join('/');
  const name = detected.eventId ?? detected.episodeStart;
  return `${detected.rule.id} ${key} ${name}×${detected.count}`;
}

/** Declares a test for each line. */
export function table(lines: readonly Line[]): void {
  for (const { name, rules, rows, expected } of lines) {
    it(name, () => {
      const set = 'detections' in rules ? rules : ruleSet([rules]);
      const detections = run(engineFor(set), [events(rows)]);
      const states = [...finalStates(detections).values()].map(briefly);
      expect(states).to.deep.equal(expected);
    });
  }
}
