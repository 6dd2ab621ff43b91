import { levels } from '../language/level.ts';
import type { Level } from '../language/tree.ts';

export { levels };
export type { Level };

/** Negative when `a` is less urgent than `b`, for sorting. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

/** True when `level` is at least as urgent as `floor`. */
export function isAtLeast(level: Level, floor: Level): boolean {
  return compareLevels(level, floor) >= 0;
}

/** The level as ECS numbers. */
export interface Severity {
  /** `event.severity`: 1 to 5, as OCSF's `severity_id` counts. */
  readonly severity: number;
  /**
   * `event.risk_score`: the scores that Elastic's own rules carry for these levels, so that lists
   * sort together.
   */
  readonly riskScore: number;
}

/** The numbers that this level has in an alert document. */
export function severityOf(level: Level): Severity {
  return SEVERITIES[level];
}

const SEVERITIES: Readonly<Record<Level, Severity>> = {
  informational: { severity: 1, riskScore: 1 },
  low: { severity: 2, riskScore: 21 },
  medium: { severity: 3, riskScore: 47 },
  high: { severity: 4, riskScore: 73 },
  critical: { severity: 5, riskScore: 99 },
};
