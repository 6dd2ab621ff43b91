import { parseTime } from '../../base/date.ts';
import { isJsonObject, ownValue, parseJson } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FieldValue } from '../../event/event.ts';
import { ecsImage } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import {
  constant,
  converted,
  either,
  field,
  first,
  integer,
  integerOf,
} from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import { computedHashes, ecsHash } from '../hash-fields.ts';
import type { HashReaders } from '../hash-fields.ts';

/** A path in two fields: the folder, which mostly ends with the file's name already, and that name. */
export function pathIn(folderField: string, nameField: string): Reader {
  const folderOf = first(folderField);
  const nameOf = first(nameField);
  return (data) => {
    const folder = textOf(folderOf(data));
    const name = textOf(nameOf(data));
    if (folder === undefined || name === undefined) return folder ?? name;
    if (folder.toLowerCase().endsWith(name.toLowerCase())) return folder;
    const separator = folder.includes('\\') ? '\\' : '/';
    return folder.endsWith(separator) ? folder + name : folder + separator + name;
  };
}

/** Integer milliseconds of a time with seven digits behind the point. */
export function moment(name: string): Reader {
  return converted(first(name), (value) =>
    typeof value === 'string' ? parseTime(value) : undefined,
  );
}

/**
 * What tells processes of a machine apart wherever one is named: pid and start. `ProcessUniqueId` is zero on
 * macOS and is not told of parents.
 */
function identity(pidField: string, startField: string): Reader {
  const startOf = moment(startField);
  return (data) => {
    const pid = integerOf(ownField(data, pidField));
    const start = startOf(data);
    return pid === undefined || start === undefined ? undefined : `${pid}:${textOf(start) ?? ''}`;
  };
}

function account(prefix: string): Reader {
  const nameOf = first(`${prefix}AccountName`);
  const domainOf = first(`${prefix}AccountDomain`);
  return (data) => {
    const name = textOf(nameOf(data));
    const domain = textOf(domainOf(data));
    return name === undefined || domain === undefined ? name : `${domain}\\${name}`;
  };
}

const INITIATING = 'InitiatingProcess';

const initiatingImage = pathIn(`${INITIATING}FolderPath`, `${INITIATING}FileName`);
const initiatingGuid = identity(`${INITIATING}Id`, `${INITIATING}CreationTime`);
const parentGuid = identity(`${INITIATING}ParentId`, `${INITIATING}ParentCreationTime`);
const parentName = first(`${INITIATING}ParentFileName`);
const initiatingUser = account(INITIATING);

/** The process that acted. */
export const actor: ProcessReaders = {
  guid: initiatingGuid,
  pid: field(`${INITIATING}Id`),
  start: moment(`${INITIATING}CreationTime`),
  executable: initiatingImage,
  commandLine: first(`${INITIATING}CommandLine`),
  signer: first(`${INITIATING}VersionInfoCompanyName`),
  user: initiatingUser,
  parent: {
    guid: parentGuid,
    pid: field(`${INITIATING}ParentId`),
    start: moment(`${INITIATING}ParentCreationTime`),
    executable: parentName,
  },
};

/** The full path of the file, or of the image of a launch, that the event is about. */
export const filePath: Reader = pathIn('FolderPath', 'FileName');
const launchGuid = identity('ProcessId', 'ProcessCreationTime');
const launchUser = either(account(''), initiatingUser);

/** The process that a launch began. */
export const launched: ProcessReaders = {
  guid: launchGuid,
  pid: field('ProcessId'),
  start: moment('ProcessCreationTime'),
  executable: filePath,
  commandLine: first('ProcessCommandLine'),
  signer: first('ProcessVersionInfoCompanyName'),
  user: launchUser,
  parent: actor,
};

export const hashes: HashReaders = computedHashes({
  md5: first('MD5'),
  sha1: first('SHA1'),
  sha256: first('SHA256'),
});
const initiatingHashes = computedHashes({
  md5: first(`${INITIATING}MD5`),
  sha1: first(`${INITIATING}SHA1`),
  sha256: first(`${INITIATING}SHA256`),
});

const common: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('defender')),
  ecs('event.action', first('ActionType')),
  ecs('event.id', converted(first('ReportId'), textOf)),
  ecs('host.id', first('DeviceId')),
];

function processFields(prefix: string): readonly EcsField[] {
  return [
    ecs(`${prefix}.entity_id`, initiatingGuid),
    ecs(`${prefix}.name`, first(`${INITIATING}FileName`)),
    ...ecsImage(prefix, initiatingImage),
    ecs(`${prefix}.pid`, integer(first(`${INITIATING}Id`))),
    ecs(`${prefix}.command_line`, first(`${INITIATING}CommandLine`)),
    ecs(`${prefix}.start`, iso(moment(`${INITIATING}CreationTime`))),
    ...ecsHash(prefix, initiatingHashes),
    ecs(`${prefix}.pe.original_file_name`, first(`${INITIATING}VersionInfoOriginalFileName`)),
    ecs(`${prefix}.pe.company`, first(`${INITIATING}VersionInfoCompanyName`)),
  ];
}

/** ECS fields of events in which a process did something. */
export const actorFields: readonly EcsField[] = [
  ...common,
  ...processFields('process'),
  ecs('process.parent.entity_id', parentGuid),
  ecs('process.parent.name', parentName),
  ecs('process.parent.pid', integer(first(`${INITIATING}ParentId`))),
  ecs('process.parent.start', iso(moment(`${INITIATING}ParentCreationTime`))),
  ecs('user.name', first(`${INITIATING}AccountName`, 'AccountName')),
  ecs('user.domain', first(`${INITIATING}AccountDomain`, 'AccountDomain')),
  ecs('user.id', first(`${INITIATING}AccountSid`, 'AccountSid')),
  ecs('user.email', first(`${INITIATING}AccountUpn`, 'AccountUpn')),
];

/** ECS fields of a launch. */
export const launchFields: readonly EcsField[] = [
  ...common,
  ecs('process.entity_id', launchGuid),
  ecs('process.name', first('FileName')),
  ...ecsImage('process', filePath),
  ecs('process.pid', integer(first('ProcessId'))),
  ecs('process.command_line', first('ProcessCommandLine')),
  ecs('process.start', iso(moment('ProcessCreationTime'))),
  ...ecsHash('process', hashes),
  ecs('process.pe.original_file_name', first('ProcessVersionInfoOriginalFileName')),
  ecs('process.pe.company', first('ProcessVersionInfoCompanyName')),
  ...processFields('process.parent'),
  ecs('user.name', first('AccountName', `${INITIATING}AccountName`)),
  ecs('user.domain', first('AccountDomain', `${INITIATING}AccountDomain`)),
  ecs('user.id', first('AccountSid', `${INITIATING}AccountSid`)),
  ecs('user.email', first('AccountUpn')),
];

/** Sigma's names of the acting process. */
export const actorAliases: readonly (readonly [string, Reader])[] = [
  ['Image', initiatingImage],
  ['CommandLine', field(`${INITIATING}CommandLine`)],
  ['ProcessGuid', initiatingGuid],
  ['ProcessId', field(`${INITIATING}Id`)],
  ['OriginalFileName', first(`${INITIATING}VersionInfoOriginalFileName`)],
  ['Company', first(`${INITIATING}VersionInfoCompanyName`)],
  ['Product', first(`${INITIATING}VersionInfoProductName`)],
  ['Description', first(`${INITIATING}VersionInfoFileDescription`)],
  ['IntegrityLevel', first(`${INITIATING}IntegrityLevel`)],
  ['ParentImage', withSeparator(parentName, initiatingImage)],
  ['ParentProcessId', field(`${INITIATING}ParentId`)],
  ['ParentProcessGuid', parentGuid],
  ['User', initiatingUser],
];

export const launchAliases: readonly (readonly [string, Reader])[] = [
  ['Image', filePath],
  ['CommandLine', field('ProcessCommandLine')],
  ['ProcessGuid', launchGuid],
  ['ProcessId', field('ProcessId')],
  ['OriginalFileName', first('ProcessVersionInfoOriginalFileName')],
  ['Company', first('ProcessVersionInfoCompanyName')],
  ['Product', first('ProcessVersionInfoProductName')],
  ['Description', first('ProcessVersionInfoFileDescription')],
  ['IntegrityLevel', first('ProcessIntegrityLevel')],
  ['ParentImage', initiatingImage],
  ['ParentCommandLine', field(`${INITIATING}CommandLine`)],
  ['ParentProcessId', field(`${INITIATING}Id`)],
  ['ParentProcessGuid', initiatingGuid],
  ['ParentUser', initiatingUser],
  ['User', launchUser],
];

// A grandparent is told by the name of its file alone; rules look for the separator before it.
function withSeparator(name: Reader, sibling: Reader): Reader {
  return (data) => {
    const text = textOf(name(data));
    if (text === undefined || /[\\/]/.test(text)) return text;
    return `${textOf(sibling(data))?.includes('/') === true ? '/' : '\\'}${text}`;
  };
}

/** A moment as ECS writes it. */
function iso(time: Reader): Reader {
  return converted(time, (value) =>
    typeof value === 'number' ? new Date(value).toISOString() : undefined,
  );
}

const unpacked = new WeakMap<JsonObject, JsonObject>();
const NOTHING: JsonObject = Object.freeze({});

/** A field of `AdditionalFields`, which is JSON in a text, or an object. */
export function additional(name: string): Reader {
  return (data): FieldValue | undefined => ownField(additionalFields(data), name);
}

/** What a table has no column for; a text in some feeds. */
export function additionalFields(data: JsonObject): JsonObject {
  const packed = ownValue(data, 'AdditionalFields');
  if (isJsonObject(packed)) return packed;
  if (typeof packed !== 'string' || !packed.startsWith('{')) return NOTHING;
  let fields = unpacked.get(data);
  if (fields === undefined) {
    const result = parseJson(packed);
    fields = 'value' in result && isJsonObject(result.value) ? result.value : NOTHING;
    unpacked.set(data, fields);
  }
  return fields;
}
