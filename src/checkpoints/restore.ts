import type { Restored } from './checkpoint.ts';
import { assemble, isNewer, openManifest, sealManifest, type Manifest } from './manifest.ts';
import type { PlacedMark } from './mark.ts';

/** Checkpoints kept of a task: if the newest is damaged, the one before is read. */
export const GENERATIONS_KEPT = 3;

/** What a store holds of a task. */
export interface StoredTask {
  readonly manifests: readonly string[];
  readonly marks: readonly PlacedMark[];
  /** A chunk of the checkpoint that this manifest text describes. */
  readonly chunk: (digest: string, manifest: string) => Uint8Array | undefined;
}

/** The manifests that can be read, the one to go on from first, and what is wrong with the others. */
export function orderManifests(texts: readonly string[]): {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
} {
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  for (const text of texts) {
    const manifest = openManifest(text);
    if (typeof manifest === 'string') problems.push(manifest);
    else manifests.push(manifest);
  }
  manifests.sort((one, other) => (isNewer(one, other) ? -1 : 1));
  return { manifests, problems };
}

/** What was restored, and which chunks were read and found whole on the way. */
export interface RestoredTask {
  readonly restored: Restored;
  readonly chunks: readonly string[];
}

/** The newest complete checkpoint, and the marks that took effect after it. */
export function restoreTask(stored: StoredTask): RestoredTask {
  const { manifests, problems } = orderManifests(stored.manifests);
  const passedOver = [...problems];
  for (const manifest of manifests) {
    const checkpoint = assemble(manifest, (digest) => stored.chunk(digest, sealManifest(manifest)));
    if (typeof checkpoint === 'string') {
      passedOver.push(`checkpoint ${manifest.term}.${manifest.number}: ${checkpoint}`);
      continue;
    }
    const marks = stored.marks.filter(({ sequence }) => sequence > checkpoint.marks);
    return { restored: { checkpoint, marks, passedOver }, chunks: manifest.chunks };
  }
  return { restored: { checkpoint: undefined, marks: stored.marks, passedOver }, chunks: [] };
}
