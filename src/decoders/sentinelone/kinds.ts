import type { JsonObject } from '../../base/json.ts';
import type { Activity, FieldValue } from '../../event/event.ts';
import { ecsEndpoint, ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { textOf } from '../../event/field-value.ts';
import { constant, converted, integer } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { address } from '../address.ts';
import { deedsOf, shapesByProduct } from '../event-kind.ts';
import type { EventKind, ShapesByProduct } from '../event-kind.ts';
import { computedHashes, ecsHash, hashAliases } from '../hash-fields.ts';
import { ecsUrl, urlPart } from '../url.ts';
import {
  actor,
  actorAliases,
  actorFields,
  images,
  launchAliases,
  launched,
  launchFields,
  s1,
} from './fields.ts';

function kindOf(row: Omit<EventKind, 'sensor' | 'services'>): ShapesByProduct {
  return shapesByProduct({ ...row, sensor: 'sentinelone', services: ['sentinelone'] });
}

/** Events in which a process did something. */
const deedOf = deedsOf({
  sensor: 'sentinelone',
  process: actor,
  aliases: actorAliases,
  fields: actorFields,
});

const launch = kindOf({
  categories: ['process_creation'],
  activity: 'process_start',
  process: launched,
  aliases: launchAliases,
  fields: [...ecsKind('process', 'start', 'start'), ...launchFields],
});

const end = deedOf({
  categories: ['process_termination'],
  activity: 'process_end',
  words: ecsKind('process', 'end', 'end'),
});
// Some agents name the process that ended beside the one that tells of it.
const endOfOther = kindOf({
  categories: ['process_termination'],
  activity: 'process_end',
  process: launched,
  aliases: launchAliases,
  fields: [...ecsKind('process', 'end', 'end'), ...launchFields],
});

const processOther = deedOf({
  words: ecsKind('process', 'info', 'process-event'),
  showsData: true,
});

function callKind(category: string): ShapesByProduct {
  return deedOf({
    categories: [category],
    words: ecsKind('process', 'access', category.replaceAll('_', '-')),
    aliases: [
      ['SourceImage', images.source],
      ['TargetImage', images.target],
      ['GrantedAccess', s1('tgt.process.accessRights')],
    ],
    showsData: true,
  });
}

const filePath = s1('tgt.file.path', 'tgtFilePath');
const oldPath = s1('tgt.file.oldPath', 'tgtFileOldPath');
const fileHashes = computedHashes({
  md5: s1('tgt.file.md5', 'tgtFileMd5'),
  sha1: s1('tgt.file.sha1', 'tgtFileSha1'),
  sha256: s1('tgt.file.sha256', 'tgtFileSha256'),
});

function fileKind(
  categories: readonly string[],
  activity: Activity,
  [type, action]: readonly [type: string, action: string],
): ShapesByProduct {
  return deedOf({
    categories,
    activity,
    words: ecsKind('file', type, action),
    aliases: [
      ['TargetFilename', filePath],
      ['FileName', filePath],
      ['SourceFilename', oldPath],
      ...hashAliases(fileHashes),
    ],
    fields: [
      ...ecsFile(filePath),
      ecs('file.size', integer(s1('tgt.file.size', 'tgtFileSize'))),
      ...ecsHash('file', fileHashes),
      ecs('file.Ext.original.path', oldPath),
    ],
  });
}

const local = [address(s1('src.ip.address', 'srcIp')), s1('src.port.number', 'srcPort')] as const;
const remote = [address(s1('dst.ip.address', 'dstIp')), s1('dst.port.number', 'dstPort')] as const;
const direction = converted(s1('event.network.direction', 'netConnDirection'), (value) =>
  textOf(value)?.toUpperCase() === 'INCOMING' ? 'ingress' : 'egress',
);
// `TCPV4` and its like; `protocolName` is what runs above it.
const transport = converted(s1('meta.event.name'), (value) =>
  /^(tcp|udp)/i.exec(textOf(value) ?? '')?.[1]?.toLowerCase(),
);
const protocolName = converted(s1('event.network.protocolName'), (value) =>
  textOf(value)?.toLowerCase(),
);

function connectionKind(categories: readonly string[], activity: Activity): ShapesByProduct {
  return deedOf({
    categories,
    activity,
    words: ecsKind('network', 'connection', 'connection'),
    aliases: [
      ['SourceIp', local[0]],
      ['SourcePort', local[1]],
      ['DestinationIp', remote[0]],
      ['DestinationPort', remote[1]],
      ['Initiated', converted(direction, (value) => String(value === 'egress'))],
      ['Protocol', transport],
    ],
    fields: [
      ...ecsEndpoint('source', ...local),
      ...ecsEndpoint('destination', ...remote),
      ecs('network.direction', direction),
      ecs('network.transport', transport),
      ecs('network.protocol', protocolName),
    ],
  });
}

const ANSWERS_MAX = 64;
const TYPED = /^type:?\s+\d+\s+(\S+)$/;
const MAPPED = '::ffff:';

// `type: 1 example.net` on newer agents, the bare name on others.
const question = converted(s1('event.dns.request', 'dnsRequest'), (value) => {
  const text = textOf(value);
  return text === undefined ? undefined : (TYPED.exec(text)?.[1] ?? text);
});

// `type:  5 name;…;::ffff:192.0.2.1;2001:db8::1;`, as Windows' client for DNS has it.
const answers = converted(
  s1('event.dns.response', 'dnsResponse'),
  (value): FieldValue | undefined => {
    const found: string[] = [];
    for (const part of (textOf(value) ?? '').split(';', ANSWERS_MAX)) {
      const answer = part.trim();
      if (answer === '' || answer.startsWith('type')) continue;
      found.push(answer.startsWith(MAPPED) ? answer.slice(MAPPED.length) : answer);
    }
    return found.length === 0 ? undefined : found;
  },
);

const lookup = deedOf({
  categories: ['dns_query'],
  activity: 'dns',
  words: ecsKind('network', 'protocol', 'lookup'),
  aliases: [
    ['QueryName', question],
    ['QueryResults', s1('event.dns.response', 'dnsResponse')],
  ],
  fields: [
    ecs('dns.question.name', question),
    ecs('dns.resolved_ip', answers),
    ecs('network.protocol', constant('dns')),
  ],
});

const url = s1('url.address', 'networkUrl');
const method = s1('event.url.action', 'networkMethod');

const request = deedOf({
  categories: ['proxy', 'network_connection'],
  activity: 'connection',
  words: ecsKind('network', 'protocol', 'http-request'),
  aliases: [
    ['c-uri', url],
    ['cs-uri', url],
    ['cs-host', urlPart(url, 'domain')],
    ['c-uri-path', urlPart(url, 'path')],
    ['cs-uri-stem', urlPart(url, 'path')],
    ['c-uri-query', urlPart(url, 'query')],
    ['c-uri-extension', urlPart(url, 'extension')],
    ['cs-method', method],
    ['DestinationHostname', urlPart(url, 'domain')],
    ['Initiated', constant('true')],
  ],
  fields: [
    ...ecsUrl(url),
    ecs('destination.domain', urlPart(url, 'domain')),
    ecs('http.request.method', method),
  ],
});

const scriptText = s1('cmdScript.content');

const script = deedOf({
  categories: ['ps_script'],
  words: ecsKind('process', 'info', 'script'),
  aliases: [['ScriptBlockText', scriptText]],
  fields: [
    ecs('powershell.file.script_block_text', scriptText),
    ecs('file.hash.sha256', s1('cmdScript.sha256')),
    ecs('file.size', integer(s1('cmdScript.originalSize'))),
  ],
});

const registryPath = converted(s1('registry.keyPath', 'registryKeyPath'), (value) => {
  const text = textOf(value);
  return text?.replace(/^MACHINE\\/i, 'HKLM\\').replace(/^USER\\/i, 'HKU\\');
});
const registryValue = s1('registry.value', 'registryValue');

function registryKind(categories: readonly string[], type: string): ShapesByProduct {
  return deedOf({
    categories: ['registry_event', ...categories],
    words: ecsKind('registry', type, `registry-${type}`),
    aliases: [
      ['TargetObject', registryPath],
      ['Details', registryValue],
    ],
    fields: [
      ecs('registry.path', registryPath),
      ecs(
        'registry.data.strings',
        converted(registryValue, (value) => [value]),
      ),
    ],
  });
}

const modulePath = s1('module.path');
const moduleHashes = computedHashes({ md5: s1('module.md5'), sha1: s1('module.sha1') });

function moduleKind(category: string, ecsCategory: string): ShapesByProduct {
  return deedOf({
    categories: [category],
    words: ecsKind(ecsCategory, 'start', 'load'),
    aliases: [['ImageLoaded', modulePath], ...hashAliases(moduleHashes)],
    fields: [ecs('dll.path', modulePath), ...ecsHash('dll', moduleHashes)],
  });
}

function signInKind(type: string, action: string): ShapesByProduct {
  return deedOf({
    words: ecsKind('authentication', type, action),
    fields: [
      ecs('user.name', s1('event.login.userName')),
      ecs('source.ip', address(s1('src.endpoint.ip.address'))),
    ],
    showsData: true,
  });
}

const other = deedOf({ words: ecsKind('host', 'info', 'sensor-event'), showsData: true });

const fileWrite = fileKind(['file_event'], 'file_write', ['creation', 'creation']);
const fileDelete = fileKind(['file_delete'], 'file_delete', ['deletion', 'deletion']);

// By `event.type` without white space and case: some relays take it out.
const byType: ReadonlyMap<string, ShapesByProduct> = new Map([
  ['processcreation', launch],
  ['processexit', end],
  ['processtermination', end],
  ['processmodification', processOther],
  ['openremoteprocesshandle', callKind('process_access')],
  ['duplicateprocesshandle', callKind('process_access')],
  ['remotethreadcreation', callKind('create_remote_thread')],
  ['filecreation', fileWrite],
  ['filemodification', fileKind(['file_event'], 'file_write', ['change', 'modification'])],
  ['filerename', fileKind(['file_rename'], 'file_write', ['change', 'rename'])],
  ['filedeletion', fileDelete],
  ['filescan', fileKind([], 'other', ['info', 'scan'])],
  ['ipconnect', connectionKind(['network_connection'], 'connection')],
  ['iplisten', connectionKind([], 'other')],
  ['dns', lookup],
  ['dnsresolved', lookup],
  ['dnsunresolved', lookup],
  ['commandscript', script],
  ['registrykeycreate', registryKind(['registry_add'], 'creation')],
  ['registrykeycreated', registryKind(['registry_add'], 'creation')],
  ['registrykeydelete', registryKind(['registry_delete'], 'deletion')],
  ['registrykeyrename', registryKind(['registry_rename'], 'change')],
  ['registryvaluecreate', registryKind(['registry_set'], 'creation')],
  ['registryvaluecreated', registryKind(['registry_set'], 'creation')],
  ['registryvaluemodified', registryKind(['registry_set'], 'change')],
  ['registryvaluedelete', registryKind(['registry_delete'], 'deletion')],
  ['registryvaluedeleted', registryKind(['registry_delete'], 'deletion')],
  ['moduleload', moduleKind('image_load', 'library')],
  ['driverload', moduleKind('driver_load', 'driver')],
  ['login', signInKind('start', 'login')],
  ['logout', signInKind('end', 'logout')],
]);

// Where the type is new to us, or is a method of HTTP.
const byCategory: ReadonlyMap<string, ShapesByProduct> = new Map([
  ['url', request],
  ['dns', lookup],
  ['command_script', script],
  ['registry', registryKind([], 'change')],
  ['process', processOther],
]);

const targetGuid = launched.guid ?? s1('tgt.process.uid');

/** The kind of an event by `event.type` and `event.category`. */
export function sentineloneKind(type: string, category: string, data: JsonObject): ShapesByProduct {
  const plain = type.replaceAll(/\s/g, '').toLowerCase();
  const kind = byType.get(plain) ?? byCategory.get(category.toLowerCase()) ?? other;
  return kind === end && targetGuid(data) !== undefined ? endOfOther : kind;
}
