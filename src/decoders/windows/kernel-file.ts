import type { Activity } from '../../event/event.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { logsource } from '../../event/logsource.ts';
import { converted, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';

/** The sensor's name: a trace of the kernel, which no event log holds. */
export const KERNEL_FILE = 'kernel-file';

const PROVIDER = 'Microsoft-Windows-Kernel-File';

/** True for the kernel's provider of file events. */
export function isKernelFile(provider: string | undefined): boolean {
  return provider === PROVIDER;
}

const path = first('FileName', 'FilePath');

// Some tools write numbers with separators of thousands: `"8,416"`.
const grouped = (reader: Reader): Reader =>
  integer(
    converted(reader, (value) => (typeof value === 'string' ? value.replaceAll(',', '') : value)),
  );

const fields: readonly EcsField[] = [
  ...ecsFile(path),
  ecs('file.Ext.io.bytes', grouped(field('IOSize'))),
];

interface Row {
  readonly categories: readonly string[];
  readonly activity: Activity;
  readonly type: string;
  readonly action: string;
}

function kindOf({ categories, activity, type, action }: Row): WindowsKind {
  return {
    sensor: KERNEL_FILE,
    logsource: logsource('windows', categories, []),
    activity,
    aliases: new Map([
      ['FileName', path],
      ['TargetFilename', path],
    ]),
    process: undefined,
    isWrittenBySubject: true,
    ecs: [...ecsKind('file', type, action), ...fields],
    hasSpacedNames: false,
    showsData: false,
  };
}

// 12 opens a file, which is how Sigma's `file_access` counts reads. 15 and 16 say how much was read or written,
// by an object whose path only the opening told.
const opened = kindOf({
  categories: ['file_access'],
  activity: 'file_read',
  type: 'access',
  action: 'open',
});
const created = kindOf({
  categories: ['file_event'],
  activity: 'file_write',
  type: 'creation',
  action: 'creation',
});
const deleted = kindOf({
  categories: ['file_delete'],
  activity: 'file_delete',
  type: 'deletion',
  action: 'deletion',
});
const renamed = kindOf({
  categories: ['file_rename'],
  activity: 'file_write',
  type: 'change',
  action: 'rename',
});
const readBytes = kindOf({ categories: [], activity: 'other', type: 'access', action: 'read' });
const wroteBytes = kindOf({ categories: [], activity: 'other', type: 'change', action: 'write' });
const other = kindOf({ categories: [], activity: 'other', type: 'info', action: 'file-event' });

const byId: ReadonlyMap<number, WindowsKind> = new Map([
  [12, opened],
  [15, readBytes],
  [16, wroteBytes],
  [26, deleted],
  [27, renamed],
  [30, created],
]);

/** The kind of an event of the kernel's file provider. */
export function kernelFileKind(eventId: number): WindowsKind {
  return byId.get(eventId) ?? other;
}
