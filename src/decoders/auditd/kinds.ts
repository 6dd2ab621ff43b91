import type { JsonObject } from '../../base/json.ts';
import type { Activity, FieldValue } from '../../event/event.ts';
import { ecsEndpoint, ecsFile, ecsImage, ecsKind } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { constant, converted, either, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape, ProcessReaders } from '../../event/shape.ts';
import { shapeOfKind } from '../event-kind.ts';

const single = (name: string): Reader => converted(field(name), one);

// Lines of one event may differ in a field; the first is the call's own.
function one(value: FieldValue): FieldValue | undefined {
  return Array.isArray(value) ? (value as readonly FieldValue[])[0] : value;
}

const image = single('Image');
const user = single('User');

const actor: ProcessReaders = {
  pid: single('ProcessId'),
  executable: image,
  user,
  parent: { pid: single('ParentProcessId') },
};

const launched: ProcessReaders = { ...actor, startsNow: true, commandLine: field('CommandLine') };

// A fork returns the child's pid to its parent.
const forked: ProcessReaders = {
  pid: single('exit'),
  startsNow: true,
  executable: image,
  user,
  parent: { pid: single('ProcessId'), executable: image },
};

const forkAliases: ReadonlyMap<string, Reader> = new Map([
  ['ProcessId', single('exit')],
  ['ParentProcessId', single('ProcessId')],
  ['ParentImage', image],
]);

const outcome = converted(first('success', 'res'), (value) => {
  const text = one(value);
  return text === 'yes' || text === 'success' ? 'success' : 'failure';
});

const actorFields: readonly EcsField[] = [
  ecs('event.module', constant('auditd')),
  ecs('event.kind', constant('event')),
  ecs('event.outcome', outcome),
  ecs('event.sequence', integer(single('serial'))),
  ecs('host.os.type', constant('linux')),
  ecs('user.id', converted(single('uid'), textOf)),
  ecs('user.name', either(single('UID'), single('user'), single('acct'))),
  ecs('user.audit.id', converted(single('auid'), textOf)),
  ecs('user.effective.id', converted(single('euid'), textOf)),
  ecs('process.working_directory', field('CurrentDirectory')),
];

const processFields: readonly EcsField[] = [
  ...actorFields,
  ...ecsImage('process', image),
  ecs('process.pid', integer(single('ProcessId'))),
  ecs('process.parent.pid', integer(single('ParentProcessId'))),
  ecs('process.command_line', single('CommandLine')),
];

const forkFields: readonly EcsField[] = [
  ...actorFields,
  ...ecsImage('process', image),
  ecs('process.pid', integer(single('exit'))),
  ecs('process.parent.pid', integer(single('ProcessId'))),
  ...ecsImage('process.parent', image),
];

const fileFields: readonly EcsField[] = [
  ...processFields,
  ...ecsFile(single('TargetFilename')),
  ecs('file.Ext.original.path', single('SourceFilename')),
];

interface Row {
  readonly categories?: readonly string[];
  readonly activity?: Activity;
  readonly process?: ProcessReaders;
  readonly aliases?: ReadonlyMap<string, Reader>;
  readonly kind: readonly [category: string, type: string, action: string];
  readonly fields: readonly EcsField[];
}

function shape(row: Row): EventShape {
  return shapeOfKind({
    sensor: 'auditd',
    product: 'linux',
    services: ['auditd'],
    categories: row.categories ?? [],
    activity: row.activity ?? 'other',
    process: row.process ?? actor,
    aliases: row.aliases ?? new Map(),
    fields: [...ecsKind(...row.kind), ...row.fields],
    dataPath: 'auditd.data',
  });
}

const launch = shape({
  categories: ['process_creation'],
  activity: 'process_start',
  process: launched,
  kind: ['process', 'start', 'start'],
  fields: processFields,
});
const fork = shape({
  activity: 'process_start',
  process: forked,
  aliases: forkAliases,
  kind: ['process', 'start', 'fork'],
  fields: forkFields,
});
const exit = shape({
  categories: ['process_termination'],
  activity: 'process_end',
  kind: ['process', 'end', 'end'],
  fields: processFields,
});

function fileShape(category: string, activity: Activity, type: string, action: string): EventShape {
  return shape({
    categories: [category],
    activity,
    aliases: new Map([['FileName', single('TargetFilename')]]),
    kind: ['file', type, action],
    fields: fileFields,
  });
}

const read = fileShape('file_access', 'file_read', 'access', 'read');
const write = fileShape('file_event', 'file_write', 'change', 'write');
const rename = fileShape('file_rename', 'file_write', 'change', 'rename');
const remove = fileShape('file_delete', 'file_delete', 'deletion', 'deletion');

function connectionShape(isEgress: boolean): EventShape {
  const end = isEgress ? 'destination' : 'source';
  const names = isEgress
    ? ['DestinationIp', 'DestinationPort']
    : (['SourceIp', 'SourcePort'] as const);
  return shape({
    categories: ['network_connection'],
    activity: 'connection',
    aliases: new Map([
      [names[0] ?? '', field('PeerIp')],
      [names[1] ?? '', field('PeerPort')],
      ['Initiated', constant(String(isEgress))],
    ]),
    kind: ['network', 'connection', 'connection'],
    fields: [
      ...processFields,
      ...ecsEndpoint(end, field('PeerIp'), field('PeerPort')),
      ecs('network.direction', constant(isEgress ? 'egress' : 'ingress')),
    ],
  });
}

const egress = connectionShape(true);
const ingress = connectionShape(false);

const attempt = shape({ kind: ['process', 'info', 'system-call'], fields: fileFields });
const userSpace = shape({ kind: ['host', 'info', 'audit-record'], fields: processFields });

const O_ACCMODE = 3;
const O_CREAT_TRUNC = 0o100 | 0o1000;

/** Where an open call has its flags, which the kernel writes in hexadecimal. */
const flagsOf: ReadonlyMap<string, string> = new Map([
  ['open', 'a1'],
  ['openat', 'a2'],
]);

const byCall: ReadonlyMap<string, EventShape> = new Map([
  ['execve', launch],
  ['execveat', launch],
  ['fork', fork],
  ['vfork', fork],
  ['clone', fork],
  ['clone3', fork],
  ['exit', exit],
  ['exit_group', exit],
  ['creat', write],
  ['truncate', write],
  ['mkdir', write],
  ['mkdirat', write],
  ['link', write],
  ['linkat', write],
  ['symlink', write],
  ['symlinkat', write],
  ['rename', rename],
  ['renameat', rename],
  ['renameat2', rename],
  ['unlink', remove],
  ['unlinkat', remove],
  ['rmdir', remove],
  ['connect', egress],
  ['sendto', egress],
  ['sendmsg', egress],
  ['accept', ingress],
  ['accept4', ingress],
]);

// A connection that is not made at once is still under way (EINPROGRESS).
const UNDER_WAY: ReadonlySet<string> = new Set(['-115', 'EINPROGRESS']);

/** The shape of an event, by the call that it tells of. */
export function auditShape(data: JsonObject, succeeded: boolean | undefined): EventShape {
  const call = textOf(ownField(data, 'SyscallName'));
  if (call === undefined) return userSpace;
  const isPending = UNDER_WAY.has(textOf(one(ownField(data, 'exit') ?? '') ?? '') ?? '');
  if (succeeded === false && !isPending) return attempt;
  if (call.startsWith('open')) return openShape(call, data);
  const known = byCall.get(call);
  if (known === undefined) return attempt;
  const isNetwork = known === egress || known === ingress;
  if (isNetwork && ownField(data, 'PeerIp') === undefined) return attempt;
  if (known === fork && textOf(one(ownField(data, 'exit') ?? '') ?? '') === '') return attempt;
  return known;
}

function openShape(call: string, data: JsonObject): EventShape {
  if (ownField(data, 'TargetFilename') === undefined) return attempt;
  const name = flagsOf.get(call);
  const text = textOf(one(ownField(data, name ?? 'oflag') ?? '') ?? '') ?? '';
  const flags = Number.parseInt(text, name === undefined ? 8 : 16);
  if (!Number.isFinite(flags)) return read;
  return (flags & O_ACCMODE) === 0 && (flags & O_CREAT_TRUNC) === 0 ? read : write;
}
