import type { Activity } from '../event/event.ts';
import { logsource } from '../event/logsource.ts';
import type { AliasReader } from '../event/reader.ts';
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
