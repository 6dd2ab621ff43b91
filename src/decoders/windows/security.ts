import type { JsonObject } from '../../base/json.ts';
import type { Activity, FieldValue } from '../../event/event.ts';
import { ecsEndpoint, ecsFile, ecsImage, ecsKind, ecsUser } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { converted, field, first, integer, integerOf, isMeant } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';
import { logonKinds } from './security-logon.ts';
import { account, securityRow } from './security-row.ts';

const subject = account('Subject');

const subjectFields: readonly EcsField[] = [
  ...ecsUser('user', subject),
  ecs('user.id', field('SubjectUserSid')),
];

// 4688. The new process runs as the target where there is one (a service started for another account).
const launch = securityRow({
  categories: ['process_creation'],
  activity: 'process_start',
  process: {
    pid: field('NewProcessId'),
    startsNow: true,
    executable: field('NewProcessName'),
    commandLine: field('CommandLine'),
    user: subject,
    parent: { pid: field('ProcessId'), executable: field('ParentProcessName') },
  },
  aliases: new Map([
    ['Image', field('NewProcessName')],
    ['ParentImage', field('ParentProcessName')],
    ['ProcessId', integer(field('NewProcessId'))],
    ['ParentProcessId', integer(field('ProcessId'))],
    ['User', subject],
    ['LogonId', field('SubjectLogonId')],
  ]),
  fields: [
    ...ecsKind('process', 'start', 'start'),
    ...subjectFields,
    ...ecsUser('user.effective', account('Target')),
    ...ecsImage('process', field('NewProcessName')),
    ecs('process.pid', integer(field('NewProcessId'))),
    ecs('process.command_line', field('CommandLine')),
    ...ecsImage('process.parent', field('ParentProcessName')),
    ecs('process.parent.pid', integer(field('ProcessId'))),
  ],
});

const exit = securityRow({
  activity: 'process_end',
  process: { pid: field('ProcessId'), executable: field('ProcessName'), user: subject },
  aliases: new Map([
    ['Image', field('ProcessName')],
    ['ProcessId', integer(field('ProcessId'))],
    ['User', subject],
  ]),
  fields: [
    ...ecsKind('process', 'end', 'end'),
    ...subjectFields,
    ...ecsImage('process', field('ProcessName')),
    ecs('process.pid', integer(field('ProcessId'))),
    ecs('process.exit_code', integer(field('Status'))),
  ],
});

const accessor: ProcessReaders = {
  pid: field('ProcessId'),
  executable: field('ProcessName'),
  user: subject,
};

function fileAccess(activity: Activity, type: string, action: string): WindowsKind {
  return securityRow({
    categories: activity === 'file_read' ? ['file_access'] : [],
    activity,
    process: accessor,
    aliases: new Map([
      ['FileName', field('ObjectName')],
      ['TargetFilename', field('ObjectName')],
      ['Image', field('ProcessName')],
      ['User', subject],
    ]),
    fields: [
      ...ecsKind('file', type, action),
      ...subjectFields,
      ...ecsImage('process', field('ProcessName')),
      ecs('process.pid', integer(field('ProcessId'))),
      ...ecsFile(field('ObjectName')),
    ],
  });
}

const fileRead = fileAccess('file_read', 'access', 'read');
const fileWrite = fileAccess('file_write', 'change', 'write');
const fileDelete = fileAccess('file_delete', 'deletion', 'deletion');
const fileOther = fileAccess('other', 'access', 'access');
const handleRequest = fileAccess('other', 'access', 'handle-request');

const objectAccess = securityRow({
  showsData: true,
  process: accessor,
  fields: [
    ...ecsKind('host', 'access', 'object-access'),
    ...subjectFields,
    ...ecsImage('process', field('ProcessName')),
    ecs('process.pid', integer(field('ProcessId'))),
  ],
});

// 5156, the filtering platform allowed a connection. `%%14593` is outbound, `%%14592` inbound.
const OUTBOUND = '%%14593';
const isOutbound: Reader = converted(field('Direction'), (value) => value === OUTBOUND);
const protocolNames: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
]);
const protocol = converted(field('Protocol'), (value) => protocolNames.get(integerOf(value) ?? -1));

const connectionPid = first('ProcessID', 'ProcessId');

const connection = securityRow({
  activity: 'connection',
  process: { pid: connectionPid, executable: field('Application') },
  aliases: new Map([
    ['Image', field('Application')],
    ['ProcessId', integer(connectionPid)],
    ['SourceIp', field('SourceAddress')],
    ['DestinationIp', field('DestAddress')],
    ['DestinationPort', field('DestPort')],
    ['Initiated', converted(isOutbound, String)],
  ]),
  fields: [
    ...ecsKind('network', 'connection', 'connection'),
    ...ecsImage('process', field('Application')),
    ecs('process.pid', integer(connectionPid)),
    ...ecsEndpoint('source', field('SourceAddress'), field('SourcePort')),
    ...ecsEndpoint('destination', field('DestAddress'), field('DestPort')),
    ecs('network.transport', protocol),
    ecs(
      'network.direction',
      converted(isOutbound, (value) => (value === true ? 'egress' : 'ingress')),
    ),
  ],
});

const NT_PREFIX = '\\??\\';
const localPath: Reader = (data) => {
  const share = textOf(ownField(data, 'ShareLocalPath'));
  if (!isMeant(share)) return undefined;
  return share.startsWith(NT_PREFIX) ? share.slice(NT_PREFIX.length) : share;
};

// 5140 and 5145, on the machine that serves the files: the address of who asked, and no process.
const sharedPath: Reader = (data) => {
  const name = textOf(ownField(data, 'RelativeTargetName'));
  const folder = textOf(localPath(data)) ?? textOf(ownField(data, 'ShareName'));
  if (!isMeant(name) || name === '\\') return folder;
  return folder === undefined || folder.endsWith('\\')
    ? `${folder ?? ''}${name}`
    : `${folder}\\${name}`;
};

function shareAccess(activity: Activity, type: string, action: string): WindowsKind {
  return securityRow({
    showsData: true,
    activity,
    aliases: new Map([
      ['FileName', sharedPath],
      ['TargetFilename', sharedPath],
      ['User', subject],
    ]),
    fields: [
      ...ecsKind('file', type, action),
      ...subjectFields,
      ...ecsEndpoint('source', first('IpAddress'), field('IpPort')),
      ...ecsFile(sharedPath),
    ],
  });
}

const shareOpened = shareAccess('other', 'access', 'share-access');
const shareRead = shareAccess('file_read', 'access', 'share-read');
const shareWrite = shareAccess('file_write', 'change', 'share-write');

const other = securityRow({
  showsData: true,
  fields: [
    ...ecsKind('host', 'info', 'security-event'),
    ...subjectFields,
    ecs('source.ip', first('IpAddress')),
  ],
});

const READ_DATA = 0x1;
const WRITE_DATA = 0x2 | 0x4;
const DELETE = 0x10000;

// `AccessMask` for files: 1 reads a file or lists a folder, 2 writes, 4 appends, 0x10000 deletes.
function accessKind(data: JsonObject): WindowsKind {
  if (ownField(data, 'ObjectType') !== 'File') return objectAccess;
  const mask = accessOf(data);
  if ((mask & READ_DATA) !== 0) return fileRead;
  if ((mask & WRITE_DATA) !== 0) return fileWrite;
  return (mask & DELETE) === 0 ? fileOther : fileDelete;
}

// 4656 asks for a handle, and 4663 is its use: only that one counts.
function handleKind(data: JsonObject): WindowsKind {
  return ownField(data, 'ObjectType') === 'File' ? handleRequest : objectAccess;
}

function shareKind(data: JsonObject): WindowsKind {
  const mask = accessOf(data);
  if ((mask & WRITE_DATA) !== 0) return shareWrite;
  return (mask & READ_DATA) === 0 ? shareOpened : shareRead;
}

function accessOf(data: JsonObject): number {
  return integerOf(ownField(data, 'AccessMask')) ?? maskOf(ownField(data, 'AccessList'));
}

// Message ids of the rights, for exports without the mask.
const RIGHTS: readonly (readonly [string, number])[] = [
  ['%%4416', READ_DATA],
  ['%%4417', 0x2],
  ['%%4418', 0x4],
  ['%%1537', DELETE],
];

function maskOf(list: FieldValue | undefined): number {
  let mask = 0;
  if (typeof list !== 'string') return mask;
  for (const [name, bit] of RIGHTS) if (list.includes(name)) mask |= bit;
  return mask;
}

const kinds: ReadonlyMap<number, WindowsKind> = new Map([
  ...logonKinds,
  [4688, launch],
  [4689, exit],
  [5140, shareOpened],
  [5156, connection],
]);

/** The kind of an event of the Security channel, whichever provider wrote it (1102 is Eventlog's). */
export function securityKind(eventId: number, data: JsonObject): WindowsKind {
  if (eventId === 4663) return accessKind(data);
  if (eventId === 4656) return handleKind(data);
  return eventId === 5145 ? shareKind(data) : (kinds.get(eventId) ?? other);
}
