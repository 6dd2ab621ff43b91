import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { ownField } from '../../event/field-value.ts';
import { joinHashes } from '../../event/hashes.ts';
import { field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { ProcessReaders } from '../../event/shape.ts';
import { guid, kindOf, parentPid, processFields, user } from './kind.ts';
import type { KindByProduct } from './kind.ts';
import type { OsqueryTable } from './tables.ts';

/** Where a table of file events names the file, the process and what was done. */
interface FileTable {
  readonly word: string;
  readonly file: Reader;
  /** What came to be: the new name of a renamed file. */
  readonly result: Reader;
  /** Undefined where the table can not say which process it was. */
  readonly image: Reader | undefined;
}

const fileTables: Readonly<Partial<Record<OsqueryTable, FileTable>>> = {
  process_file_events: {
    word: 'operation',
    file: first('path'),
    result: first('dest_path', 'path'),
    image: first('executable'),
  },
  es_process_file_events: {
    word: 'event_type',
    file: first('filename'),
    result: first('dest_filename', 'filename'),
    image: first('path'),
  },
  file_events: {
    word: 'action',
    file: first('target_path'),
    result: first('target_path'),
    image: undefined,
  },
};

interface FileAction {
  readonly categories: readonly string[];
  readonly activity: Activity;
  readonly type: string;
  readonly action: string;
}

const read: FileAction = {
  categories: ['file_access'],
  activity: 'file_read',
  type: 'access',
  action: 'read',
};
const write: FileAction = {
  categories: ['file_event'],
  activity: 'file_write',
  type: 'creation',
  action: 'write',
};
const rename: FileAction = {
  categories: ['file_rename'],
  activity: 'file_write',
  type: 'change',
  action: 'rename',
};
const remove: FileAction = {
  categories: ['file_delete'],
  activity: 'file_delete',
  type: 'deletion',
  action: 'deletion',
};
const otherAction: FileAction = {
  categories: [],
  activity: 'other',
  type: 'info',
  action: 'file-event',
};

// `operation` of process_file_events, `event_type` of es_process_file_events, `action` of file_events.
const fileActions: ReadonlyMap<string, FileAction> = new Map([
  ['open', read],
  ['read', read],
  ['write', write],
  ['open+truncate', write],
  ['create', write],
  ['truncate', write],
  ['link', write],
  ['symlink', write],
  ['rename', rename],
  ['unlink', remove],
  ['OPENED', read],
  ['ACCESSED', read],
  ['CREATED', write],
  ['UPDATED', write],
  ['MOVED_TO', write],
  ['DELETED', remove],
  ['MOVED_FROM', remove],
]);

const hashAliases = joinHashes({
  md5: first('md5'),
  sha1: first('sha1'),
  sha256: first('sha256'),
});

function fileKind(table: FileTable, action: FileAction): KindByProduct {
  const path = action.activity === 'file_read' ? table.file : table.result;
  const fields = [
    ...ecsKind('file', action.type, action.action),
    ...(table.image === undefined ? [] : processFields(table.image)),
    ...ecsFile(path),
    ecs('file.size', integer(first('size'))),
    ecs('file.hash.md5', first('md5')),
    ecs('file.hash.sha1', first('sha1')),
    ecs('file.hash.sha256', first('sha256')),
  ];
  const aliases = new Map<string, Reader>([
    ['TargetFilename', path],
    ['FileName', path],
    ['SourceFilename', table.file],
    ...hashAliases,
  ]);
  const { categories, activity } = action;
  if (table.image === undefined) return kindOf({ categories, activity, aliases, fields });
  aliases.set('Image', table.image).set('ProcessId', field('pid')).set('User', user);
  const process: ProcessReaders = {
    guid,
    pid: field('pid'),
    executable: table.image,
    user,
    parent: { pid: parentPid },
  };
  return kindOf({ categories, activity, aliases, fields, process });
}

type KindByAction = ReadonlyMap<FileAction, KindByProduct>;

const kinds: ReadonlyMap<FileTable, KindByAction> = new Map(
  Object.values(fileTables).map((table) => {
    const actions = [read, write, rename, remove, otherAction];
    return [table, new Map(actions.map((action) => [action, fileKind(table, action)]))];
  }),
);

/** The kind of a row of a table of file events, or undefined for another table. */
export function fileRowKind(
  table: OsqueryTable,
  row: JsonObject,
  isNew: boolean,
): KindByProduct | undefined {
  const fileTable = fileTables[table];
  if (fileTable === undefined) return undefined;
  const word = ownField(row, fileTable.word);
  const action = isNew && typeof word === 'string' ? fileActions.get(word) : undefined;
  return kinds.get(fileTable)?.get(action ?? otherAction);
}
