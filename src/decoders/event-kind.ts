import type { Activity } from '../event/event.ts';
import { logsource } from '../event/logsource.ts';
import { constant } from '../event/reader.ts';
import type { AliasReader } from '../event/reader.ts';
import { ecs } from '../event/shape.ts';
import type { EcsField, EventShape, ProcessReaders } from '../event/shape.ts';

/** What events of one kind have in common. What is left out is not there. */
export interface EventKind {
  /** Name of the sensor. */
  readonly sensor: string;
  readonly product?: string | undefined;
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
  readonly activity?: Activity;
  readonly aliases?: Iterable<readonly [string, AliasReader]>;
  readonly process?: ProcessReaders | undefined;
  readonly fields: readonly EcsField[];
  /** Dotted ECS name below which documents show the sensor's own fields. */
  readonly dataPath?: string | undefined;
  /** What the event's host is in ECS, where it is no host's name. */
  readonly hostPath?: string;
}

/** ECS fields under their own names, so that rules can read them too. */
export function ecsAliases(
  fields: readonly EcsField[],
): readonly (readonly [name: string, read: EcsField['read']])[] {
  return fields.map(({ path, read }) => [path.join('.'), read]);
}

/** The shape of this kind of event; made when decoders load. */
export function shapeOfKind(kind: EventKind): EventShape {
  return {
    sensor: kind.sensor,
    logsource: logsource(kind.product, kind.categories ?? [], kind.services ?? []),
    activity: kind.activity ?? 'other',
    aliases: new Map(kind.aliases),
    process: kind.process,
    processHeader: undefined,
    ecs: kind.fields,
    ecsHeaders: [],
    hasSpacedNames: false,
    dataPath: kind.dataPath?.split('.'),
    showsWhole: true,
    hostPath: kind.hostPath?.split('.'),
    isEcs: false,
  };
}

/** Shapes of one kind on each operating system, by Sigma's name of it. */
export type ShapesByProduct = Readonly<
  Record<'windows' | 'linux' | 'macos' | 'unknown', EventShape>
>;

/** The shapes of a kind that exists on several operating systems. */
export function shapesByProduct(kind: EventKind): ShapesByProduct {
  const of = (product: string): EventShape => {
    const fields = [...kind.fields, ecs('host.os.type', constant(product))];
    return shapeOfKind({ ...kind, product, fields });
  };
  return {
    windows: of('windows'),
    linux: of('linux'),
    macos: of('macos'),
    unknown: shapeOfKind(kind),
  };
}

/** The acting process, as the events of a sensor name it. */
export interface Actor {
  readonly sensor: string;
  readonly process: ProcessReaders;
  readonly aliases: readonly (readonly [string, AliasReader])[];
  readonly fields: readonly EcsField[];
  readonly hostPath?: string;
}

/** What one kind of deed adds to who did it. */
export interface Deed {
  readonly categories?: readonly string[];
  readonly activity?: Activity;
  /** Before the actor's, so that these count where both have a field. */
  readonly words: readonly EcsField[];
  readonly aliases?: Iterable<readonly [string, AliasReader]>;
  readonly fields?: readonly EcsField[];
  /** ECS has no names for much of it; documents show it as it is. */
  readonly showsData?: boolean;
}

/** Makes the shapes of events in which a process did something. */
export function deedsOf(actor: Actor): (deed: Deed) => ShapesByProduct {
  const { sensor, process } = actor;
  return ({ categories, activity, words, aliases, fields, showsData }) =>
    shapesByProduct({
      sensor,
      services: [sensor],
      categories: categories ?? [],
      activity: activity ?? 'other',
      process,
      aliases: [...actor.aliases, ...(aliases ?? [])],
      fields: [...words, ...actor.fields, ...(fields ?? [])],
      dataPath: showsData === true ? sensor : undefined,
      ...(actor.hostPath === undefined ? {} : { hostPath: actor.hostPath }),
    });
}
