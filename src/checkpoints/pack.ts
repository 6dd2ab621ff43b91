import type { Checkpoint } from './checkpoint.ts';
import { packChunks, type Chunk } from './chunks.ts';
import { FORMAT_VERSION, type Manifest, type StateSnapshot } from './manifest.ts';

/** A state that was packed: its chunks in order, and what they take. */
export interface Packed {
  readonly digests: readonly string[];
  /** Compressed size of each chunk, by digest. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly bytesWritten: number;
  readonly busyMs: number;
}

/** Packs a checkpoint's state; `keep` stores each chunk that is not among those kept already. */
export async function packState(
  { engine, fragments }: Checkpoint,
  kept: ReadonlyMap<string, number>,
  keep: (chunk: Chunk) => Promise<void>,
): Promise<Packed> {
  const sizes = new Map<string, number>();
  const digests: string[] = [];
  let bytesWritten = 0;
  const isKept = (digest: string): boolean => sizes.has(digest) || kept.has(digest);
  // What changes most comes last: the chunks before it stay as they are.
  const state: StateSnapshot = { engine: engine.state, fragments };
  const busyMs = await packChunks(state, isKept, async (digest, chunk) => {
    digests.push(digest);
    sizes.set(digest, chunk?.data.length ?? sizes.get(digest) ?? kept.get(digest) ?? 0);
    if (chunk === undefined) return;
    bytesWritten += chunk.data.length;
    await keep(chunk);
  });
  let bytes = 0;
  for (const size of sizes.values()) bytes += size;
  return { digests, sizes, bytes, bytesWritten, busyMs };
}

/** The manifest of a checkpoint whose chunks are stored. */
export function manifestOf(
  { epoch, tasks, inputs, marks, engine }: Checkpoint,
  { digests, bytes }: Packed,
  owner: Pick<Manifest, 'task' | 'term' | 'number'>,
): Manifest {
  return {
    version: FORMAT_VERSION,
    ...owner,
    epoch,
    tasks,
    inputs,
    marks,
    engineVersion: engine.version,
    chunks: digests,
    bytes,
  };
}
