import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsEndpoint, ecsFile } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { constant, converted, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import { address } from '../address.ts';
import type { ShapesByProduct } from '../event-kind.ts';
import { ecsHash, hashAliases } from '../hash-fields.ts';
import {
  actor,
  actorAliases,
  actorFields,
  additional,
  filePath,
  hashes,
  launchAliases,
  launched,
  launchFields,
  pathIn,
} from './fields.ts';
import { deedOf, kindOf, words } from './kind.ts';
import { egress, ingress, listening, lookup, remote, remoteName } from './network.ts';
import { registryKind } from './registry.ts';

const launch = kindOf({
  categories: ['process_creation'],
  activity: 'process_start',
  process: launched,
  aliases: [...launchAliases, ...hashAliases(hashes)],
  fields: [...words('process', 'start'), ...launchFields],
});

const previousPath = pathIn('PreviousFolderPath', 'PreviousFileName');

function fileKind(
  categories: readonly string[],
  activity: Activity,
  type: string,
): ShapesByProduct {
  return deedOf({
    categories,
    activity,
    words: words('file', type),
    aliases: [
      ['TargetFilename', filePath],
      ['FileName', filePath],
      ['SourceFilename', previousPath],
      ...hashAliases(hashes),
    ],
    fields: [
      ecs('file.name', first('FileName')),
      ...ecsFile(filePath),
      ecs('file.size', integer(first('FileSize'))),
      ...ecsHash('file', hashes),
      ecs('file.origin_url', first('FileOriginUrl')),
      ecs('file.Ext.original.path', previousPath),
    ],
  });
}

const fileWrite = fileKind(['file_event'], 'file_write', 'creation');
const fileChange = fileKind(['file_event'], 'file_write', 'change');
const fileRename = fileKind(['file_rename'], 'file_write', 'change');
const fileDelete = fileKind(['file_delete'], 'file_delete', 'deletion');
const fileRead = fileKind(['file_access'], 'file_read', 'access');
const fileTime = fileKind(['file_change'], 'other', 'change');
const fileOther = fileKind([], 'other', 'info');

function moduleKind(category: string, ecsCategory: string): ShapesByProduct {
  return deedOf({
    categories: [category],
    words: words(ecsCategory, 'start'),
    aliases: [['ImageLoaded', filePath], ...hashAliases(hashes)],
    fields: [
      ecs('dll.path', filePath),
      ecs('dll.name', first('FileName')),
      ...ecsHash('dll', hashes),
    ],
  });
}

function scriptKind(categories: readonly string[], text: Reader): ShapesByProduct {
  return deedOf({
    categories,
    words: words('process', 'info'),
    aliases: [['ScriptBlockText', text], ['Payload', text], ...hashAliases(hashes)],
    fields: [ecs('powershell.file.script_block_text', text)],
  });
}

// A call from one process into another; the other one is in the fields of a launch.
function callKind(category: string): ShapesByProduct {
  return deedOf({
    categories: [category],
    words: words('process', 'access'),
    aliases: [
      ['SourceImage', actor.executable ?? filePath],
      ['TargetImage', filePath],
      ['TargetProcessId', field('ProcessId')],
      ['GrantedAccess', additional('DesiredAccess')],
    ],
    showsData: true,
  });
}

const threat = additional('ThreatName');

const antivirus = deedOf({
  categories: ['antivirus'],
  words: words('malware', 'info'),
  aliases: [['Signature', threat], ['Filename', filePath], ...hashAliases(hashes)],
  fields: [...ecsFile(filePath), ...ecsHash('file', hashes), ecs('rule.name', threat)],
  showsData: true,
});

const clipboard = deedOf({
  categories: ['clipboard_capture'],
  activity: 'clipboard',
  words: words('process', 'access'),
});

const pipe = deedOf({
  categories: ['pipe_created'],
  words: words('file', 'creation'),
  aliases: [['PipeName', additional('PipeName')]],
  fields: [ecs('file.name', additional('PipeName'))],
});

// Who signed in, not who runs the service that let them in.
const logon = kindOf({
  process: actor,
  aliases: [...actorAliases, ['TargetUserName', first('AccountName')]],
  fields: [
    ...words('authentication', 'start'),
    ecs('user.name', first('AccountName')),
    ecs('user.domain', first('AccountDomain')),
    ecs('user.id', first('AccountSid')),
    ...actorFields,
    ecs('source.ip', remote[0]),
    ecs('source.port', integer(remote[1])),
    ecs('source.domain', first('RemoteDeviceName')),
  ],
});

const deviceOther = deedOf({
  words: words('host', 'info'),
  aliases: [
    ['TargetFilename', filePath],
    ['DestinationIp', remote[0]],
    ['DestinationHostname', remoteName],
    ...hashAliases(hashes),
  ],
  fields: [
    ...ecsFile(filePath),
    ...ecsHash('file', hashes),
    ...ecsEndpoint('destination', ...remote),
    ecs('destination.domain', remoteName),
  ],
  showsData: true,
});

const elsewhereFields: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('defender')),
  ecs('event.action', first('ActionType')),
  ecs('event.id', converted(first('ReportId'), textOf)),
  ecs('user.name', first('AccountName', 'AccountDisplayName')),
  ecs('user.email', first('AccountUpn', 'SenderFromAddress', 'SenderEmailAddress')),
  ecs('user.id', first('AccountSid', 'AccountObjectId')),
  ecs('source.ip', address(first('IPAddress', 'SenderIPv4', 'SenderIPv6'))),
  ecs('url.full', first('Url')),
  ecs('url.domain', first('UrlDomain')),
];

// Mail, identities, applications of the cloud, alerts; some name a device.
const elsewhere = kindOf({ fields: elsewhereFields, dataPath: 'defender' });

/** What names no device, so that the tenant stands for it. */
export const tenantKind: ShapesByProduct = kindOf({
  fields: elsewhereFields,
  dataPath: 'defender',
  hostPath: 'organization.id',
});

type Table = Readonly<Record<string, ShapesByProduct>>;

const tables: ReadonlyMap<string, { readonly byAction: Table; readonly other: ShapesByProduct }> =
  new Map([
    ['DeviceProcessEvents', { byAction: { ProcessCreated: launch }, other: launch }],
    [
      'DeviceFileEvents',
      {
        byAction: {
          FileCreated: fileWrite,
          FileModified: fileChange,
          FileRenamed: fileRename,
          FileDeleted: fileDelete,
        },
        other: fileOther,
      },
    ],
    [
      'DeviceNetworkEvents',
      {
        byAction: {
          InboundConnectionAccepted: ingress,
          InboundConnectionAttempt: ingress,
          InboundInternetScanInspected: ingress,
          ListeningConnectionCreated: listening,
          DnsConnectionInspected: lookup,
        },
        other: egress,
      },
    ],
    [
      'DeviceRegistryEvents',
      {
        byAction: {
          RegistryValueSet: registryKind(['registry_set'], 'change'),
          RegistryKeyCreated: registryKind(['registry_add'], 'creation'),
          RegistryKeyDeleted: registryKind(['registry_delete'], 'deletion'),
          RegistryValueDeleted: registryKind(['registry_delete'], 'deletion'),
          RegistryKeyRenamed: registryKind(['registry_rename'], 'change'),
        },
        other: registryKind([], 'change'),
      },
    ],
    ['DeviceImageLoadEvents', { byAction: {}, other: moduleKind('image_load', 'library') }],
    ['DeviceLogonEvents', { byAction: {}, other: logon }],
    ['DeviceFileCertificateInfo', { byAction: {}, other: fileOther }],
    [
      'DeviceEvents',
      {
        byAction: {
          SensitiveFileRead: fileRead,
          FileTimestampModificationEvent: fileTime,
          GetClipboardData: clipboard,
          DnsQueryRequest: lookup,
          DnsQueryResponse: lookup,
          DriverLoad: moduleKind('driver_load', 'driver'),
          NamedPipeEvent: pipe,
          ScriptContent: scriptKind(['ps_script'], additional('ScriptContent')),
          AmsiScriptContent: scriptKind(['ps_script'], additional('ScriptContent')),
          PowerShellCommand: scriptKind(['ps_module'], additional('Command')),
          CreateRemoteThreadApiCall: callKind('create_remote_thread'),
          OpenProcessApiCall: callKind('process_access'),
          AntivirusDetection: antivirus,
          AntivirusReport: antivirus,
        },
        other: deviceOther,
      },
    ],
    ['DeviceInfo', { byAction: {}, other: deviceOther }],
    ['DeviceNetworkInfo', { byAction: {}, other: deviceOther }],
  ]);

/** The kind of a row of a table of advanced hunting. */
export function defenderKind(table: string, row: JsonObject): ShapesByProduct {
  const found = tables.get(table);
  if (found === undefined) return elsewhere;
  const action = textOf(ownField(row, 'ActionType')) ?? '';
  if (found.other === egress && action !== '' && isInbound(row)) return ingress;
  return Object.hasOwn(found.byAction, action)
    ? (found.byAction[action] ?? found.other)
    : found.other;
}

const direction = additional('direction');

// Inspected traffic says so among its additional fields.
function isInbound(row: JsonObject): boolean {
  return textOf(direction(row))?.toLowerCase() === 'in';
}
