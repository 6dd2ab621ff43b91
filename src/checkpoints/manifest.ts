import type { Checkpoint } from './checkpoint.ts';
import { digestOf, unpackChunks } from './chunks.ts';
import type { InputFragments, InputState } from './mark.ts';

/** Changes when this version's checkpoints can no longer be read by older ones. */
export const FORMAT_VERSION = 2;
/** The oldest version that this one reads. */
export const FORMAT_VERSION_OLDEST = 1;

/** Says which chunks make up a checkpoint; written after all of them. */
export interface Manifest {
  readonly version: number;
  readonly task: string;
  /** How many owners the task's log had, this one included. */
  readonly term: number;
  /** Grows with each checkpoint that an owner writes. */
  readonly number: number;
  readonly epoch: string;
  readonly tasks: number;
  readonly inputs: readonly InputState[];
  readonly marks: number;
  readonly engineVersion: number;
  /** Digests of the state's chunks, in order. */
  readonly chunks: readonly string[];
  /** Of the chunks, compressed. */
  readonly bytes: number;
}

/** What the chunks hold together. Up to version 1 it was the engine's state alone. */
export interface StateSnapshot {
  readonly engine: unknown;
  readonly fragments: readonly InputFragments[];
}

/** The manifest as text that knows its own checksum. */
export function sealManifest(manifest: Manifest): string {
  const body = JSON.stringify(manifest);
  return `${digestOf(body)} ${body}`;
}

/** The manifest, or what is wrong with the text. */
export function openManifest(text: string): Manifest | string {
  const space = text.indexOf(' ');
  const body = text.slice(space + 1);
  if (space < 0 || digestOf(body) !== text.slice(0, space)) {
    return 'its manifest is damaged or cut short';
  }
  const manifest = JSON.parse(body) as Manifest;
  const { version } = manifest;
  if (version > FORMAT_VERSION) {
    return `it has format ${version}, this version reads up to ${FORMAT_VERSION}`;
  }
  if (version < FORMAT_VERSION_OLDEST) {
    return `it has format ${version}, the oldest that this version reads is ${FORMAT_VERSION_OLDEST}`;
  }
  return manifest;
}

/** The checkpoint that a manifest describes, or what is wrong with its chunks. */
export function assemble(
  manifest: Manifest,
  find: (digest: string) => Uint8Array | undefined,
): Checkpoint | string {
  const unpacked = unpackChunks(manifest.chunks, find);
  if (unpacked === undefined) return 'a chunk is missing or damaged';
  const { version, epoch, tasks, inputs, marks, engineVersion } = manifest;
  const { engine, fragments } =
    version === 1 ? { engine: unpacked.data, fragments: [] } : (unpacked.data as StateSnapshot);
  return {
    epoch,
    tasks,
    inputs,
    marks,
    engine: { version: engineVersion, state: engine },
    fragments,
  };
}

/**
 * True if the first is the one to go on from: the one that has read further, so that a zombie's
 * checkpoint, though written last, does no harm. Where both have read the same, or what is read was
 * changed in between, the later one.
 */
export function isNewer(one: Manifest, other: Manifest): boolean {
  const difference = namesOf(one) === namesOf(other) ? progressOf(one) - progressOf(other) : 0;
  if (difference !== 0) return difference > 0;
  return one.term !== other.term ? one.term > other.term : one.number > other.number;
}

// Tasks only ever read on, so of two checkpoints of one task the one that is ahead in any input is
// ahead in all.
function progressOf({ inputs, marks }: Manifest): number {
  return inputs.reduce((sum, { next }) => sum + next, marks);
}

function namesOf({ inputs }: Manifest): string {
  return JSON.stringify(inputs.map(({ source, partition }) => [source, partition]));
}
