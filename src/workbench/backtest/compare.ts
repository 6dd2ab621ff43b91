import { keyInWords, type PastAlert } from './lane.ts';

/** How the alerts of a rule differ from those of its version before. */
export interface Comparison {
  readonly added: readonly PastAlert[];
  readonly gone: readonly PastAlert[];
  readonly same: number;
}

/**
 * Pairs alerts of two versions: those of the same rule and key whose time overlaps are the same. Their ids are
 * not: another condition is another meaning.
 */
export function compareAlerts(now: readonly PastAlert[], before: readonly PastAlert[]): Comparison {
  const left = Map.groupBy(before, nameOf);
  const added: PastAlert[] = [];
  let same = 0;
  for (const alert of now) {
    const candidates = left.get(nameOf(alert)) ?? [];
    const index = candidates.findIndex((other) => overlaps(alert, other));
    if (index < 0) {
      added.push(alert);
      continue;
    }
    candidates.splice(index, 1);
    same += 1;
  }
  return { added, gone: [...left.values()].flat(), same };
}

function nameOf(alert: PastAlert): string {
  return JSON.stringify([alert.ruleId, alert.host, keyInWords(alert)]);
}

function overlaps(one: PastAlert, other: PastAlert): boolean {
  return one.first <= other.last && other.first <= one.last;
}
