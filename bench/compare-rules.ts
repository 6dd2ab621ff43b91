import { readFileSync } from 'node:fs';

/** How often each rule matched. */
export type RuleCounts = ReadonlyMap<string, number>;

/** A rule that two engines count differently. */
export interface RuleDifference {
  readonly rule: string;
  readonly ours: number;
  readonly theirs: number;
  /** The reason, where it is known. */
  readonly why: string | undefined;
}

/** Which rules two engines count alike, and which not; the file `explained` names has rule ids by reason. */
export function differences(
  ours: RuleCounts = new Map(),
  theirs: RuleCounts = new Map(),
  explained?: string,
): { readonly equal: number; readonly rules: readonly RuleDifference[] } {
  const reasons = explained === undefined ? new Map<string, string>() : reasonsIn(explained);
  const ids = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const all = ids.map((rule) => ({
    rule,
    ours: ours.get(rule) ?? 0,
    theirs: theirs.get(rule) ?? 0,
    why: reasons.get(rule),
  }));
  const rules = all.filter((one) => one.ours !== one.theirs);
  return { equal: all.length - rules.length, rules };
}

function reasonsIn(path: string): ReadonlyMap<string, string> {
  const lists = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, string[]>>;
  return new Map(
    Object.entries(lists).flatMap(([why, ids]) => ids.map((id) => [id, why] as const)),
  );
}
