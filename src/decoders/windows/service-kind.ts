import type { Activity } from '../../event/event.ts';
import type { Reader } from '../../event/reader.ts';
import { logsource } from '../../event/logsource.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';

/** What events of a channel that Sigma names as a service have in common. */
export interface ServiceRow {
  readonly service: string;
  readonly categories?: readonly string[];
  readonly activity?: Activity;
  readonly process?: ProcessReaders;
  readonly aliases?: ReadonlyMap<string, Reader>;
  readonly fields: readonly EcsField[];
}

/** The kind of such events; documents show their own data beside the ECS fields. */
export function serviceKind(row: ServiceRow): WindowsKind {
  return {
    sensor: 'windows',
    logsource: logsource('windows', row.categories ?? [], [row.service]),
    activity: row.activity ?? 'other',
    aliases: row.aliases ?? new Map(),
    process: row.process,
    isWrittenBySubject: false,
    ecs: row.fields,
    hasSpacedNames: true,
    showsData: true,
  };
}
