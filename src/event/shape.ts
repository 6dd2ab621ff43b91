import type { Activity } from './event.ts';
import type { Logsource } from './logsource.ts';
import type { AliasReader, Reader } from './reader.ts';

/**
 * All that events of one kind have in common: what Sigma calls them, and where their fields stand. One
 * constant per kind (for Windows: per channel and event id), shared by all its events.
 */
export interface EventShape {
  /** Name of the decoder. */
  readonly sensor: string;
  readonly logsource: Logsource;
  readonly activity: Activity;
  /** Sigma taxonomy names that differ from the sensor's own, or must win over them. */
  readonly aliases: ReadonlyMap<string, AliasReader>;
  readonly process: ProcessReaders | undefined;
  /** Where only the envelope names the process; read from the whole record. */
  readonly processHeader: ProcessReaders | undefined;
  /** ECS fields, most general first; read from the data. */
  readonly ecs: readonly EcsField[];
  /** ECS fields that the envelope answers; read from the whole record. */
  readonly ecsHeaders: readonly EcsField[];
  /** The sensor's names may hold spaces, which Sigma leaves out (`Threat Name`, `ThreatName`). */
  readonly hasSpacedNames: boolean;
  /** Where the ECS document shows the data as they are, for kinds whose fields ECS has no names for. */
  readonly dataPath: readonly string[] | undefined;
  /** Documents show the data even where they are the whole record. */
  readonly showsWhole?: boolean;
  /** What the event's host is in ECS, where it is no host's name: an address, an account, a tenant. */
  readonly hostPath?: readonly string[] | undefined;
  /** The record is an ECS document as it stands. */
  readonly isEcs: boolean;
}

/** Where an event names a process. */
export interface ProcessReaders {
  readonly guid?: Reader;
  readonly pid?: Reader;
  /** Integer milliseconds. */
  readonly start?: Reader;
  /** The event is the start of this process, so its time is the event's. */
  readonly startsNow?: boolean;
  readonly executable?: Reader;
  readonly commandLine?: Reader;
  readonly signer?: Reader;
  readonly user?: Reader;
  readonly parent?: ProcessReaders;
}

/** One field of the ECS document. */
export interface EcsField {
  /** ECS name, split at the dots. */
  readonly path: readonly string[];
  readonly read: Reader;
}

/** Writes an ECS field of a shape's table. */
export function ecs(name: string, read: Reader): EcsField {
  return { path: name.split('.'), read };
}
