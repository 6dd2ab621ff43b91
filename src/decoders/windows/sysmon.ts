import { ownField } from '../../event/field-value.ts';
import type { Activity } from '../../event/event.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  ecsEndpoint,
  ecsFile,
  ecsHashes,
  ecsImage,
  ecsKind,
  ecsUser,
} from '../../event/ecs-fields.ts';
import { splitHashes } from '../../event/hashes.ts';
import { logsource } from '../../event/logsource.ts';
import { converted, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';
import { registryEventType } from './sysmon-registry.ts';
import { resolvedAddresses } from './sysmon-dns.ts';

const hashList = first('Hashes', 'Hash');
const hashAliases = splitHashes(hashList);

const actor: ProcessReaders = {
  guid: field('ProcessGuid'),
  pid: field('ProcessId'),
  executable: field('Image'),
  user: field('User'),
};

const launched: ProcessReaders = {
  ...actor,
  startsNow: true,
  commandLine: field('CommandLine'),
  parent: {
    guid: field('ParentProcessGuid'),
    pid: field('ParentProcessId'),
    executable: field('ParentImage'),
    commandLine: field('ParentCommandLine'),
    user: field('ParentUser'),
  },
};

// Sysmon 8 and 10. Two releases spell the name differently.
const source: ProcessReaders = {
  guid: first('SourceProcessGUID', 'SourceProcessGuid'),
  pid: field('SourceProcessId'),
  executable: field('SourceImage'),
  user: field('SourceUser'),
};

const actorFields: readonly EcsField[] = [
  ecs('process.entity_id', field('ProcessGuid')),
  ecs('process.pid', integer(field('ProcessId'))),
  ...ecsImage('process', field('Image')),
  ...ecsUser('user', field('User')),
  ecs('rule.name', field('RuleName')),
];

const launchFields: readonly EcsField[] = [
  ...actorFields,
  ecs('process.command_line', field('CommandLine')),
  ecs('process.working_directory', field('CurrentDirectory')),
  ...ecsHashes('process', hashList),
  ecs('process.pe.original_file_name', field('OriginalFileName')),
  ecs('process.pe.company', field('Company')),
  ecs('process.pe.description', field('Description')),
  ecs('process.pe.product', field('Product')),
  ecs('process.pe.file_version', field('FileVersion')),
  ecs('process.parent.entity_id', field('ParentProcessGuid')),
  ecs('process.parent.pid', integer(field('ParentProcessId'))),
  ...ecsImage('process.parent', field('ParentImage')),
  ecs('process.parent.command_line', field('ParentCommandLine')),
];

const fileFields: readonly EcsField[] = [
  ...actorFields,
  ...ecsFile(field('TargetFilename')),
  ...ecsHashes('file', hashList),
];

const connectionFields: readonly EcsField[] = [
  ...actorFields,
  ...ecsEndpoint('source', field('SourceIp'), field('SourcePort')),
  ecs('source.domain', field('SourceHostname')),
  ...ecsEndpoint('destination', field('DestinationIp'), field('DestinationPort')),
  ecs('destination.domain', field('DestinationHostname')),
  ecs('network.transport', field('Protocol')),
  ecs('network.direction', converted(field('Initiated'), directionOf)),
];

function directionOf(initiated: unknown): string {
  return String(initiated).toLowerCase() === 'true' ? 'egress' : 'ingress';
}

const moduleFields: readonly EcsField[] = [
  ...actorFields,
  ecs('dll.path', field('ImageLoaded')),
  ...ecsHashes('dll', hashList),
  ...ecsFile(field('ImageLoaded')),
  ...ecsHashes('file', hashList),
  ecs('dll.code_signature.subject_name', field('Signature')),
  ecs('dll.code_signature.status', field('SignatureStatus')),
];

const sourceFields: readonly EcsField[] = [
  ecs('process.entity_id', source.guid ?? field('')),
  ecs('process.pid', integer(field('SourceProcessId'))),
  ...ecsImage('process', field('SourceImage')),
  ...ecsUser('user', field('SourceUser')),
  ecs('winlog.event_data.TargetImage', field('TargetImage')),
  ecs('winlog.event_data.TargetProcessId', field('TargetProcessId')),
  ecs('winlog.event_data.GrantedAccess', field('GrantedAccess')),
  ecs('winlog.event_data.CallTrace', field('CallTrace')),
];

const registryFields: readonly EcsField[] = [
  ...actorFields,
  ecs('registry.path', field('TargetObject')),
  ecs(
    'registry.data.strings',
    converted(field('Details'), (details) => [details]),
  ),
];

const pipeFields: readonly EcsField[] = [...actorFields, ecs('file.name', field('PipeName'))];

const dnsFields: readonly EcsField[] = [
  ...actorFields,
  ecs('dns.question.name', field('QueryName')),
  ecs('dns.resolved_ip', converted(field('QueryResults'), resolvedAddresses)),
  ecs('network.protocol', () => 'dns'),
];

const clipboardFields: readonly EcsField[] = [
  ...actorFields,
  ecs('winlog.event_data.ClientInfo', field('ClientInfo')),
  ecs('winlog.event_data.Hashes', field('Hashes')),
];

const deviceFields: readonly EcsField[] = [...actorFields, ecs('file.path', field('Device'))];

const plainFields: readonly EcsField[] = [...actorFields, ecs('message', field('Description'))];

interface Row {
  readonly categories: readonly string[];
  readonly activity?: Activity;
  readonly process?: ProcessReaders | 'none';
  readonly fields: readonly EcsField[];
  readonly kind: readonly [category: string, type: string, action: string];
  readonly aliases?: ReadonlyMap<string, Reader>;
}

function kindOf(row: Row): WindowsKind {
  const process = row.process === 'none' ? undefined : (row.process ?? actor);
  return {
    sensor: 'sysmon',
    logsource: logsource('windows', row.categories, ['sysmon']),
    activity: row.activity ?? 'other',
    aliases: new Map([...hashAliases, ...(row.aliases ?? [])]),
    process,
    isWrittenBySubject: false,
    ecs: [...ecsKind(...row.kind), ...row.fields],
    hasSpacedNames: false,
    showsData: row.fields === plainFields,
  };
}

// NXLog writes its own `EventType` over Sysmon's.
const eventType = new Map([['EventType', registryEventType]]);

function registryKind(categories: readonly string[], action: string): WindowsKind {
  return kindOf({
    categories,
    fields: registryFields,
    kind: ['registry', action === 'deletion' ? 'deletion' : 'change', action],
    aliases: eventType,
  });
}

function fileKind(categories: readonly string[], activity: Activity, action: string): WindowsKind {
  const type = activity === 'file_delete' ? 'deletion' : 'creation';
  return kindOf({ categories, activity, fields: fileFields, kind: ['file', type, action] });
}

const registryAdd = registryKind(['registry_event', 'registry_add'], 'creation');
const registryDelete = registryKind(['registry_event', 'registry_delete'], 'deletion');
const registryOther = registryKind(['registry_event'], 'modification');
const status = kindOf({
  categories: ['sysmon_status'],
  process: 'none',
  fields: plainFields,
  kind: ['configuration', 'change', 'sensor-status'],
});
const pipe = kindOf({
  categories: ['pipe_created'],
  fields: pipeFields,
  kind: ['file', 'creation', 'pipe'],
  aliases: eventType,
});
const wmi = kindOf({
  categories: ['wmi_event'],
  process: 'none',
  fields: plainFields,
  kind: ['configuration', 'change', 'wmi'],
  aliases: eventType,
});

// By Sysmon event id. Categories: Sigma taxonomy, windows, Sysmon. `clipboard_change` is the older name.
const kinds: ReadonlyMap<number, WindowsKind> = new Map([
  [
    1,
    kindOf({
      categories: ['process_creation'],
      activity: 'process_start',
      process: launched,
      fields: launchFields,
      kind: ['process', 'start', 'start'],
    }),
  ],
  [2, fileKind(['file_change'], 'other', 'creation-time-change')],
  [
    3,
    kindOf({
      categories: ['network_connection'],
      activity: 'connection',
      fields: connectionFields,
      kind: ['network', 'connection', 'connection'],
    }),
  ],
  [4, status],
  [
    5,
    kindOf({
      categories: ['process_termination'],
      activity: 'process_end',
      fields: actorFields,
      kind: ['process', 'end', 'end'],
    }),
  ],
  [
    6,
    kindOf({
      categories: ['driver_load'],
      process: 'none',
      fields: moduleFields,
      kind: ['driver', 'start', 'load'],
    }),
  ],
  [
    7,
    kindOf({
      categories: ['image_load'],
      fields: moduleFields,
      kind: ['library', 'start', 'load'],
    }),
  ],
  [8, sourceKind('create_remote_thread')],
  [
    9,
    kindOf({
      categories: ['raw_access_thread'],
      fields: deviceFields,
      kind: ['process', 'access', 'raw-read'],
    }),
  ],
  [10, sourceKind('process_access')],
  [11, fileKind(['file_event'], 'file_write', 'creation')],
  [12, registryOther],
  [13, registryKind(['registry_event', 'registry_set'], 'modification')],
  [14, registryKind(['registry_event', 'registry_rename'], 'rename')],
  [15, fileKind(['create_stream_hash'], 'file_write', 'stream-creation')],
  [16, status],
  [17, pipe],
  [18, pipe],
  [19, wmi],
  [20, wmi],
  [21, wmi],
  [
    22,
    kindOf({
      categories: ['dns_query'],
      activity: 'dns',
      fields: dnsFields,
      kind: ['network', 'protocol', 'lookup'],
    }),
  ],
  [23, fileKind(['file_delete'], 'file_delete', 'deletion')],
  [
    24,
    kindOf({
      categories: ['clipboard_capture', 'clipboard_change'],
      activity: 'clipboard',
      fields: clipboardFields,
      kind: ['process', 'access', 'clipboard'],
    }),
  ],
  [
    25,
    kindOf({
      categories: ['process_tampering'],
      fields: actorFields,
      kind: ['process', 'change', 'tampering'],
    }),
  ],
  [26, fileKind(['file_delete_detected'], 'file_delete', 'deletion')],
  [27, fileKind(['file_block_executable'], 'other', 'block-executable')],
  [28, fileKind(['file_block_shredding'], 'other', 'block-shredding')],
  [29, fileKind(['file_executable_detected'], 'file_write', 'executable-creation')],
  [
    255,
    kindOf({
      categories: ['sysmon_error'],
      process: 'none',
      fields: plainFields,
      kind: ['host', 'error', 'sensor-error'],
    }),
  ],
]);

function sourceKind(category: string): WindowsKind {
  const action = category.replaceAll('_', '-');
  return kindOf({
    categories: [category],
    process: source,
    fields: sourceFields,
    kind: ['process', 'access', action],
  });
}

const unknown = kindOf({
  categories: [],
  process: 'none',
  fields: plainFields,
  kind: ['host', 'info', 'unknown'],
});

/** The kind of a Sysmon event. 12 is an addition or a removal, which only the data tell. */
export function sysmonKind(eventId: number, data: JsonObject): WindowsKind {
  if (eventId !== 12) return kinds.get(eventId) ?? unknown;
  const type = registryEventType(data);
  if (type === 'CreateKey') return registryAdd;
  return type === 'DeleteKey' || type === 'DeleteValue' ? registryDelete : registryOther;
}

/** The field that tells when Sysmon saw it. */
export const SYSMON_TIME = 'UtcTime';

/** When Sysmon saw it. */
export function sysmonTime(data: JsonObject): string | undefined {
  const time = ownField(data, SYSMON_TIME);
  return typeof time === 'string' && time !== '' ? time : undefined;
}
