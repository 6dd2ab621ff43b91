import type { FieldValue } from '../../event/event.ts';
import { textOf } from '../../event/field-value.ts';
import { ecsImage } from '../../event/ecs-fields.ts';
import { timeOfSeconds } from '../../base/date.ts';
import { at, constant, converted, either, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import { computedHashes } from '../hash-fields.ts';
import type { HashReaders } from '../hash-fields.ts';

/** FDR's ids are texts; some relays make numbers of them. */
function id(...names: readonly string[]): Reader {
  return converted(first(...names), textOf);
}

/** `\Device\HarddiskVolume3\Windows\…`: the volume by its number, as the kernel names it. */
const VOLUME = /^\\Device\\HarddiskVolume\d+\\/i;

/**
 * A path in the form in which Sigma's rules are written. The record does not say which letter a volume has;
 * rules that name a drive name `C:`.
 */
export function withDrive(path: Reader): Reader {
  return converted(path, (value) =>
    typeof value === 'string' ? value.replace(VOLUME, 'C:\\') : value,
  );
}

/** The process that acted, for events that are not about a process. */
export const contextId: Reader = id('ContextProcessId');
const targetId = id('TargetProcessId');
const parentId = id('ParentProcessId');

export const image: Reader = first('ImageFileName', 'ContextImageFileName');
/** The name of the image's file alone, where a record says no more of who acted. */
const imageName = first('ContextBaseFileName');
const parentName = first('ParentBaseFileName', 'ParentImageFileName');

/** A parent is told by the name of its file alone; rules look for the separator before it. */
const parentImage: Reader = (data) => {
  const name = textOf(parentName(data));
  if (name === undefined || /[\\/]/.test(name)) return name;
  const isWindows = textOf(image(data))?.includes('\\') === true;
  return `${isWindows ? '\\' : '/'}${name}`;
};

/** The machine's name, where the record has it. */
export const machineName: Reader = either(
  first('ComputerName', 'Hostname', 'HostName', 'hostname'),
  at('metadata.host.ComputerName'),
);

/** Who: a name where the feed was joined with the accounts, else what the system knows accounts by. */
const userName = first('UserName');
const userId = id('UserSid', 'UID', 'FileOperatorSid');

const started = converted(first('ProcessStartTime'), timeOfSeconds);

const context: ProcessReaders = {
  guid: contextId,
  executable: image,
  user: either(userName, userId),
};

/** Who acted, on events of files, connections and lookups. */
export const actor: ProcessReaders = context;

/** The process that an event of processes is about. */
export const subject: ProcessReaders = {
  guid: either(targetId, contextId),
  pid: first('RawProcessId'),
  start: started,
  executable: image,
  commandLine: first('CommandLine'),
  signer: first('SigningId'),
  user: either(userName, userId),
  parent: { guid: parentId, executable: parentName, commandLine: first('ParentCommandLine') },
};

export const hashes: HashReaders = computedHashes({
  md5: first('MD5HashData', 'MD5String'),
  sha1: first('SHA1HashData', 'SHA1String'),
  sha256: first('SHA256HashData', 'SHA256String'),
});

/** What every record says of the machine and the account. */
export const commonFields: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('crowdstrike')),
  ecs('event.code', first('event_simpleName', 'ExternalApiType')),
  ecs('event.id', id('id', 'EventUUID', 'DetectId')),
  ecs('host.name', machineName),
  ecs('agent.id', id('aid', 'AgentIdString')),
  ecs('agent.type', constant('crowdstrike')),
  ecs('host.domain', first('MachineDomain')),
  ecs('user.name', userName),
  ecs('user.id', userId),
  ecs('user.email', first('UserPrincipal')),
  ecs('group.id', id('GID')),
];

/** The acting process as ECS has it. */
export const actorFields: readonly EcsField[] = [
  ...commonFields,
  ecs('process.entity_id', contextId),
  ...ecsImage('process', image),
  ecs('process.name', imageName),
  ecs('process.pid', integer(first('RawProcessId', 'EtwRawProcessId'))),
  ecs('process.command_line', first('CommandLine')),
];

export const subjectFields: readonly EcsField[] = [
  ...commonFields,
  ecs('process.entity_id', either(targetId, contextId)),
  ...ecsImage('process', image),
  ecs('process.name', imageName),
  ecs('process.pid', integer(first('RawProcessId'))),
  ecs('process.command_line', first('CommandLine')),
  ecs('process.start', converted(started, isoTime)),
  ecs('process.exit_code', integer(first('ExitCode'))),
  ecs('process.code_signature.signing_id', first('SigningId')),
  ecs('process.working_directory', first('WorkingDirectory')),
  ecs('process.parent.entity_id', parentId),
  ecs('process.parent.name', converted(parentName, nameOf)),
  ecs('process.parent.command_line', first('ParentCommandLine')),
];

/** Sigma's names on every event. */
export const actorAliases: readonly (readonly [string, Reader])[] = [
  ['Image', withDrive(image)],
  ['CommandLine', field('CommandLine')],
  ['ProcessGuid', contextId],
  ['ProcessId', first('RawProcessId')],
  ['User', either(userName, userId)],
  ['Computer', machineName],
];

export const subjectAliases: readonly (readonly [string, Reader])[] = [
  ...actorAliases,
  ['ProcessGuid', either(targetId, contextId)],
  ['ParentProcessGuid', parentId],
  ['ParentImage', parentImage],
  ['ParentCommandLine', first('ParentCommandLine')],
  // The sensor's ids of processes are no pids, whatever their names say.
  ['ParentProcessId', () => undefined],
  ['CurrentDirectory', first('WorkingDirectory')],
  ['OriginalFileName', first('OriginalFilename')],
];

function isoTime(time: FieldValue): FieldValue | undefined {
  return typeof time === 'number' ? new Date(time).toISOString() : undefined;
}

function nameOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value);
  return text?.slice(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1);
}
