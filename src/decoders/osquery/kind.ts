import { ownField, textOf } from '../../event/field-value.ts';
import { ecsImage } from '../../event/ecs-fields.ts';
import type { Activity } from '../../event/event.ts';
import { logsource } from '../../event/logsource.ts';
import { constant, converted, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape, ProcessReaders } from '../../event/shape.ts';

/** Sigma's name of an operating system, where the row tells. */
export type Product = 'linux' | 'macos' | 'windows' | 'unknown';

/** One kind of row on each product. */
export type KindByProduct = Readonly<Record<Product, EventShape>>;

/** What rows of one kind have in common. */
export interface RowKind {
  readonly categories?: readonly string[];
  readonly activity?: Activity;
  readonly process?: ProcessReaders;
  readonly aliases?: ReadonlyMap<string, Reader>;
  readonly fields: readonly EcsField[];
  /** ECS has no names for its columns; documents show them as they are. */
  readonly showsData?: boolean;
}

const COLUMNS: readonly string[] = ['osquery', 'columns'];

/** Makes the shapes of this kind of row. */
export function kindOf(row: RowKind): KindByProduct {
  const shape = (product: string | undefined): EventShape => ({
    sensor: 'osquery',
    logsource: logsource(product, row.categories ?? [], ['osquery']),
    activity: row.activity ?? 'other',
    aliases: row.aliases ?? new Map(),
    process: row.process,
    processHeader: undefined,
    ecs: row.fields,
    ecsHeaders: [
      ecs('event.kind', constant('event')),
      ecs('event.module', constant('osquery')),
      ecs('osquery.result.name', field('name')),
      ecs('osquery.result.action', field('action')),
      ...(product === undefined ? [] : [ecs('host.os.type', constant(product))]),
    ],
    hasSpacedNames: false,
    dataPath: row.showsData === true ? COLUMNS : undefined,
    isEcs: false,
  });
  return {
    linux: shape('linux'),
    macos: shape('macos'),
    windows: shape('windows'),
    unknown: shape(undefined),
  };
}

/** Who acted: `auid` is who logged in, `uid` whose rights were used. */
export const user: Reader = first('username', 'uid', 'auid');

/** The parent's pid: `parent` in the tables of Linux and macOS, `ppid` in others. */
export const parentPid: Reader = first('parent', 'ppid');

/** On macOS a launch is identified by pid and pidversion, which come once while the machine runs. */
export const guid: Reader = (row) => {
  const pid = textOf(ownField(row, 'pid'));
  const version = textOf(ownField(row, 'pidversion'));
  return pid === undefined || version === undefined ? undefined : `${pid}:${version}`;
};

/** ECS fields of the process that a row names. */
export function processFields(image: Reader): readonly EcsField[] {
  return [
    ecs('user.name', field('username')),
    ecs('user.id', converted(first('uid', 'auid'), textOf)),
    ecs('process.entity_id', guid),
    ...ecsImage('process', image),
    ecs('process.pid', integer(field('pid'))),
    ecs('process.command_line', first('cmdline')),
    ecs('process.working_directory', first('cwd')),
    ecs('process.parent.pid', integer(parentPid)),
    ecs('process.code_signature.signing_id', first('signing_id')),
    ecs('process.code_signature.team_id', first('team_id')),
  ];
}
