import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { at, either, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { ShapesByProduct } from '../event-kind.ts';
import { ecsHash, hashAliases } from '../hash-fields.ts';
import {
  commonFields,
  hashes,
  image,
  subject,
  subjectAliases,
  subjectFields,
  withDrive,
} from './fields.ts';
import { deedOf, kindOf } from './kind.ts';
import { connectionKind, localIp, lookup, protocolDetected } from './network.ts';

type Words = readonly [type: string, action: string];

function processKind(
  categories: readonly string[],
  activity: Activity,
  [type, action]: Words,
): ShapesByProduct {
  return kindOf({
    categories,
    activity,
    process: subject,
    aliases: [...subjectAliases, ...hashAliases(hashes)],
    fields: [...ecsKind('process', type, action), ...subjectFields, ...ecsHash('process', hashes)],
  });
}

const launch = processKind(['process_creation'], 'process_start', ['start', 'start']);
// It was running when the sensor began to watch; nobody saw its launch.
const running = processKind(['process_creation'], 'process_start', ['start', 'found']);
const end = processKind(['process_termination'], 'process_end', ['end', 'end']);
const processOther = processKind([], 'other', ['info', 'process-event']);

const target = first('TargetFileName', 'TargetDirectoryName', 'SourceFileName');

function fileKind(
  categories: readonly string[],
  activity: Activity,
  [type, action]: Words,
  path: Reader = target,
): ShapesByProduct {
  return deedOf({
    categories,
    activity,
    words: ecsKind('file', type, action),
    aliases: [
      ['TargetFilename', withDrive(path)],
      ['FileName', withDrive(path)],
      ['SourceFilename', withDrive(field('SourceFileName'))],
      ...hashAliases(hashes),
    ],
    fields: [
      ...ecsFile(path),
      ecs('file.size', integer(first('Size'))),
      ...ecsHash('file', hashes),
    ],
  });
}

const fileRead = fileKind(['file_access'], 'file_read', ['access', 'open']);
const fileWrite = fileKind(['file_event'], 'file_write', ['creation', 'creation']);
const fileChange = fileKind(['file_event'], 'file_write', ['change', 'modification']);
const fileRename = fileKind(['file_rename'], 'file_write', ['change', 'rename']);
const fileDelete = fileKind(['file_delete'], 'file_delete', ['deletion', 'deletion']);
const fileOther = fileKind([], 'other', ['info', 'file-event']);
// A file was sent: into a browser's upload, to a disk. It was read for that; where it went is not told.
const egress = fileKind(
  ['file_access'],
  'file_read',
  ['access', 'data-egress'],
  either(at('File.AbsolutePath'), at('File.NormalizedAbsolutePath'), at('File.Name'), target),
);

function moduleKind(category: string, ecsCategory: string): ShapesByProduct {
  const path = either(first('TargetImageFileName'), image);
  return kindOf({
    categories: [category],
    process: { guid: first('ContextProcessId', 'TargetProcessId') },
    aliases: [
      ['ImageLoaded', withDrive(path)],
      ['ProcessGuid', first('ContextProcessId', 'TargetProcessId')],
      ...hashAliases(hashes),
    ],
    fields: [
      ...ecsKind(ecsCategory, 'start', 'load'),
      ...commonFields,
      ecs('process.entity_id', first('ContextProcessId', 'TargetProcessId')),
      ecs('dll.path', path),
      ...ecsHash('dll', hashes),
    ],
  });
}

const REGISTRY_ROOTS: readonly (readonly [string, string])[] = [
  ['\\REGISTRY\\MACHINE', 'HKLM'],
  ['\\REGISTRY\\USER', 'HKU'],
];

// Rules have the path as Sysmon writes it: the root's short name, the key and the value.
const registryPath: Reader = (data) => {
  const key = textOf(ownField(data, 'RegObjectName'));
  if (key === undefined) return undefined;
  const root = REGISTRY_ROOTS.find(([name]) => key.toUpperCase().startsWith(name));
  const path = root === undefined ? key : `${root[1]}${key.slice(root[0].length)}`;
  const value = textOf(ownField(data, 'RegValueName'));
  return value === undefined || value === '' ? path : `${path}\\${value}`;
};
const registryData = first('RegStringValue', 'RegNumericValue', 'RegBinaryValue');

function registryKind(categories: readonly string[], action: string): ShapesByProduct {
  return deedOf({
    categories,
    words: ecsKind('registry', 'change', action),
    aliases: [
      ['TargetObject', registryPath],
      ['Details', registryData],
    ],
    fields: [
      ecs('registry.path', registryPath),
      ecs('registry.value', first('RegValueName')),
      // What the value has the system start.
      ...ecsFile(target),
    ],
  });
}

const registrySet = registryKind(['registry_event', 'registry_set'], 'modification');
const registryKey = registryKind(['registry_event'], 'key-change');

const script = kindOf({
  categories: ['ps_script'],
  process: subject,
  aliases: [
    ...subjectAliases,
    ['ScriptBlockText', first('ScriptContent')],
    ['Path', first('ScriptContentName')],
  ],
  fields: [
    ...ecsKind('process', 'info', 'script'),
    ...subjectFields,
    ecs('powershell.file.script_block_text', first('ScriptContent')),
    ecs('file.hash.sha256', first('ContentSHA256HashData')),
  ],
});

const history = deedOf({
  words: ecsKind('process', 'info', 'command-history'),
  fields: [ecs('process.command_line', first('CommandHistory'))],
});

function signInKind(type: string, action: string): ShapesByProduct {
  return deedOf({
    words: ecsKind('authentication', type, action),
    fields: [
      ecs('user.domain', first('UserPrincipalDomain', 'LogonDomain')),
      ecs('source.ip', first('RemoteAddressIP4', 'RemoteAddressIP6')),
      ecs('source.domain', first('ClientComputerName')),
    ],
  });
}

const other = kindOf({
  process: subject,
  aliases: [...subjectAliases, ...hashAliases(hashes)],
  fields: [
    ...ecsKind('host', 'info', 'sensor-event'),
    ...subjectFields,
    ...ecsFile(target),
    ecs('source.address', localIp),
    ecs('source.ip', localIp),
  ],
  dataPath: 'crowdstrike',
});

/** What is about no machine: deeds in the console, accounts. The customer stands for it. */
export const customerKind: ShapesByProduct = kindOf({
  fields: [
    ecs('event.action', first('OperationName')),
    ...ecsKind('configuration', 'info', 'record'),
    ecs('event.provider', first('ServiceName')),
    ecs('user.name', first('UserId', 'UserName')),
    ecs('source.ip', first('UserIp')),
  ],
  dataPath: 'crowdstrike',
  hostPath: 'organization.id',
});

const byName: ReadonlyMap<string, ShapesByProduct> = new Map([
  ['ProcessRollup2', launch],
  ['SyntheticProcessRollup2', running],
  ['EndOfProcess', end],
  ['TerminateProcess', end],
  ['ProcessBlocked', processOther],
  ['ProcessRollup2Stats', processOther],
  ['FileOpenInfo', fileRead],
  ['CriticalFileAccessed', fileRead],
  ['CriticalFileModified', fileChange],
  ['AsepFileChange', fileChange],
  ['FileCreateInfo', fileWrite],
  ['DirectoryCreate', fileWrite],
  ['NewExecutableWritten', fileWrite],
  ['NewScriptWritten', fileWrite],
  ['FileRenameInfo', fileRename],
  ['NewExecutableRenamed', fileRename],
  ['FileDeleteInfo', fileDelete],
  ['FileDeleted', fileDelete],
  ['ExecutableDeleted', fileDelete],
  ['FileInfo', fileOther],
  ['FileDetectInfo', fileOther],
  ['DataEgress', egress],
  ['DataEgressEnriched', egress],
  ['FileTimestampModified', fileChange],
  ['AppProtocolDetected', protocolDetected],
  ['DnsRequest', lookup],
  ['SuspiciousDnsRequest', lookup],
  ['ClassifiedModuleLoad', moduleKind('image_load', 'library')],
  ['UnsignedModuleLoad', moduleKind('image_load', 'library')],
  ['DriverLoad', moduleKind('driver_load', 'driver')],
  ['RegGenericValueUpdate', registrySet],
  ['RegSystemConfigValueUpdate', registrySet],
  ['AsepValueUpdate', registrySet],
  ['SuspiciousRegAsepUpdate', registrySet],
  ['AsepKeyUpdate', registryKey],
  ['ScriptControlScanTelemetry', script],
  ['ScriptControlScanInfo', script],
  ['ScriptControlDetectInfo', script],
  ['ScriptControlBlocked', script],
  ['CommandHistory', history],
  ['UserLogon', signInKind('start', 'logon')],
  ['UserLogonFailed', signInKind('start', 'logon-failed')],
  ['UserLogonFailed2', signInKind('start', 'logon-failed')],
  ['UserLogoff', signInKind('end', 'logoff')],
  ['UserIdentity', signInKind('info', 'identity')],
]);

const CONNECTION = /^(?:Network(?:Connect|ReceiveAccept|Listen|Close)|RawBind)IP[46]$/;

/** The kind of a record by its `event_simpleName`. */
export function crowdstrikeKind(name: string, data: JsonObject): ShapesByProduct {
  const kind = byName.get(name);
  if (kind !== undefined) return kind;
  if (CONNECTION.test(name)) return connectionKind(name, ownField(data, 'ConnectionDirection'));
  // One event for each kind of file: `PdfFileWritten`, `ZipFileWritten`, `PeFileWritten` and many more.
  return name.endsWith('FileWritten') ? fileWrite : other;
}
