import type { Archive, ArchiveReader } from './archive.ts';
import type { Correlator } from './correlator.ts';
import type { KeyPart } from './engine.ts';
import type { Entry } from './entry.ts';
import type { ConsumerPlan } from './plan.ts';

/** What an event means to a correlation, as plain JSON data beside the archive of its event. */
export interface EntrySnapshot {
  readonly ruleId: string;
  readonly meaning: string;
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly sources: readonly number[];
  readonly value: number | string | null;
  readonly kept: number;
  readonly matched: readonly string[] | null;
}

export function snapshotEntry(
  { plan, key, parts, sources, value, kept, matched }: Entry,
  archive: Archive,
): EntrySnapshot {
  return {
    ruleId: plan.rule.id,
    meaning: plan.meaning,
    key,
    parts,
    sources,
    value: value ?? null,
    kept: archive.kept(kept),
    matched: matched ?? null,
  };
}

/** Nothing if there is no such rule of this meaning any more. */
export function restoreEntry(
  snapshot: EntrySnapshot,
  archive: ArchiveReader,
  known: { readonly consumers: readonly ConsumerPlan[]; readonly correlator: Correlator },
): readonly Entry[] {
  const { ruleId, meaning, key, parts, sources, value, kept, matched } = snapshot;
  const plan = known.consumers[known.correlator.indexOf(ruleId, meaning)];
  if (plan === undefined) return [];
  return [
    {
      plan,
      key,
      parts,
      sources,
      value: value ?? undefined,
      kept: archive.kept(kept),
      matched: matched ?? undefined,
    },
  ];
}
