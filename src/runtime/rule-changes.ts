import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';

/** How one set of rules differs from another; rules by their ids. */
export interface RuleChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Their meaning is another: they begin with an empty state. */
  readonly changed: readonly string[];
  /** The same meaning under another title, level or text: they keep their state. */
  readonly edited: readonly string[];
}

/** Compares two sets of rules. */
export function compareRules(before: RuleSet, after: RuleSet): RuleChanges {
  const [old, now] = [byId(before), byId(after)];
  const kept = [...now].flatMap(([id, linked]) => {
    const earlier = old.get(id);
    return earlier === undefined ? [] : [{ id, linked, earlier }];
  });
  const isSame = ({ linked, earlier }: (typeof kept)[number]): boolean =>
    linked.meaning === earlier.meaning;
  const isEdited = ({ linked, earlier }: (typeof kept)[number]): boolean =>
    linked.rule.source.text !== earlier.rule.source.text;
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
    changed: kept.filter((pair) => !isSame(pair)).map(({ id }) => id),
    edited: kept.filter((pair) => isSame(pair) && isEdited(pair)).map(({ id }) => id),
  };
}

type Linked = LinkedDetection | LinkedCorrelation;

function byId({ detections, correlations }: RuleSet): ReadonlyMap<string, Linked> {
  return new Map([...detections, ...correlations].map((linked) => [linked.rule.id, linked]));
}
