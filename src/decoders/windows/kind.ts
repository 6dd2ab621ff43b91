import type { Activity } from '../../event/event.ts';
import type { Logsource } from '../../event/logsource.ts';
import type { AliasReader, Reader } from '../../event/reader.ts';
import { ecsImage } from '../../event/ecs-fields.ts';
import { constant, either, field, header, integer } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape, ProcessReaders } from '../../event/shape.ts';
import type { WindowsLayout } from './layout.ts';

/** What Windows events of one channel and event id have in common, however they were shipped. */
export interface WindowsKind {
  readonly sensor: string;
  readonly logsource: Logsource;
  readonly activity: Activity;
  readonly aliases: ReadonlyMap<string, Reader>;
  readonly process: ProcessReaders | undefined;
  /** The event is about the process that wrote it to the log. */
  readonly isWrittenBySubject: boolean;
  readonly ecs: readonly EcsField[];
  readonly hasSpacedNames: boolean;
  /** ECS has no names for its fields; documents show the event data as they are. */
  readonly showsData: boolean;
}

const EVENT_DATA: readonly string[] = ['winlog', 'event_data'];

const shapes = new Map<WindowsLayout, Map<WindowsKind, EventShape>>();

/** The shape of this kind of event in this layout. Kinds are constants, so there are few. */
export function shapeOf(kind: WindowsKind, layout: WindowsLayout): EventShape {
  let ofLayout = shapes.get(layout);
  if (ofLayout === undefined) {
    ofLayout = new Map();
    shapes.set(layout, ofLayout);
  }
  let shape = ofLayout.get(kind);
  if (shape === undefined) {
    shape = {
      sensor: kind.sensor,
      logsource: kind.logsource,
      activity: kind.activity,
      aliases: new Map([...headerAliases(layout), ...kind.aliases]),
      process: kind.process,
      processHeader: kind.isWrittenBySubject ? writerOf(layout) : undefined,
      ecs: kind.ecs,
      ecsHeaders: headerFields(layout, kind),
      hasSpacedNames: kind.hasSpacedNames,
      dataPath: kind.showsData ? EVENT_DATA : undefined,
      isEcs: false,
    };
    ofLayout.set(kind, shape);
  }
  return shape;
}

function writerOf({ writerPid, writerImage }: WindowsLayout): ProcessReaders {
  return writerImage === undefined
    ? { pid: writerPid }
    : { pid: writerPid, executable: writerImage };
}

// The envelope's names win over the data's: event 104 has a field `Channel` too, the log that was cleared.
function headerAliases(layout: WindowsLayout): readonly (readonly [string, AliasReader])[] {
  return [...layout.headers].map(([name, read]) => [name, header(read)]);
}

function writerFields({ writerPid, writerImage }: WindowsLayout): readonly EcsField[] {
  const pid = ecs('process.pid', integer(writerPid));
  return writerImage === undefined ? [pid] : [pid, ...ecsImage('process', writerImage)];
}

function headerFields(layout: WindowsLayout, kind: WindowsKind): readonly EcsField[] {
  const named = (name: string): Reader => either(layout.headers.get(name) ?? field(name));
  return [
    ecs('event.kind', constant('event')),
    ecs('event.module', constant(kind.sensor)),
    ecs('event.code', (record) => {
      const id = layout.eventId(record);
      return id === undefined ? undefined : String(id);
    }),
    ecs('event.provider', named('Provider_Name')),
    ecs('host.os.type', constant(kind.logsource.product ?? 'windows')),
    ecs('winlog.channel', layout.channel),
    ecs('winlog.record_id', layout.recordId),
    ...(kind.isWrittenBySubject ? writerFields(layout) : []),
  ];
}
