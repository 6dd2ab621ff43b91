import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { constant, converted, field, first, integer, isMeant } from '../../event/reader.ts';
import type { AliasReader, Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape } from '../../event/shape.ts';
import { address } from '../address.ts';
import { shapeOfKind } from '../event-kind.ts';
import { computedHashes, ecsHash, hashAliases } from '../hash-fields.ts';
import { requestAliases } from '../proxy/request.ts';
import { ecsUrl } from '../url.ts';

// Zeek writes `id.orig_h`; some of its writers put an underscore for the point.
export const origin: Reader = first('id.orig_h', 'id_orig_h');
const originPort = first('id.orig_p', 'id_orig_p');
const responder = first('id.resp_h', 'id_resp_h');
const responderPort = first('id.resp_p', 'id_resp_p');

const endpoints: readonly EcsField[] = [
  ecs('source.address', origin),
  ecs('source.ip', address(origin)),
  ecs('source.port', integer(originPort)),
  ecs('destination.address', responder),
  ecs('destination.ip', address(responder)),
  ecs('destination.port', integer(responderPort)),
];

const common: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('zeek')),
  ecs('event.id', first('uid', 'fuid')),
  ecs('observer.product', constant('Zeek')),
  ecs('observer.name', first('@system', '_system_name')),
  ...endpoints,
];

// Rules use Zeek's names with the point, and Sigma's for connections.
const commonAliases: readonly (readonly [string, AliasReader])[] = [
  ['id.orig_h', origin],
  ['id.orig_p', originPort],
  ['id.resp_h', responder],
  ['id.resp_p', responderPort],
  ['src_ip', origin],
  ['src_port', originPort],
  ['dst_ip', responder],
  ['dst_port', responderPort],
  ['SourceIp', origin],
  ['SourcePort', originPort],
  ['DestinationIp', responder],
  ['DestinationPort', responderPort],
  ['source.ip', origin],
  ['source.port', originPort],
  ['destination.ip', responder],
  ['destination.port', responderPort],
];

interface Row {
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
  readonly activity?: Activity;
  readonly kind: readonly [category: string, type: string, action: string];
  readonly aliases?: Iterable<readonly [string, AliasReader]>;
  readonly fields?: readonly EcsField[];
  readonly showsData?: boolean;
}

function kindOf(path: string, row: Row): EventShape {
  return shapeOfKind({
    sensor: 'zeek',
    product: 'zeek',
    categories: row.categories ?? [],
    services: [path, ...(row.services ?? [])],
    activity: row.activity ?? 'other',
    aliases: [...commonAliases, ...(row.aliases ?? [])],
    fields: [...ecsKind(...row.kind), ...common, ...(row.fields ?? [])],
    dataPath: row.showsData === false ? undefined : 'zeek',
    hostPath: 'host.ip',
  });
}

const sent = integer(first('orig_bytes'));
const received = integer(first('resp_bytes'));
const isLocal = field('local_orig');

const conn = kindOf('conn', {
  categories: ['firewall', 'network'],
  services: ['netflow'],
  activity: 'connection',
  kind: ['network', 'connection', 'connection'],
  aliases: [
    ['source.bytes', sent],
    ['destination.bytes', received],
    ['source.packets', integer(first('orig_pkts'))],
    ['destination.packets', integer(first('resp_pkts'))],
    ['network.transport', first('proto')],
    ['network.protocol', first('service')],
    ['network.state', first('conn_state')],
    ['network.history', first('history')],
    ['network.community_id', first('community_id')],
    ['event.duration', first('duration')],
    ['Protocol', first('proto')],
    ['Initiated', constant('true')],
  ],
  fields: [
    ecs('network.transport', first('proto')),
    ecs('network.protocol', first('service')),
    ecs('network.community_id', first('community_id')),
    ecs('source.bytes', sent),
    ecs('source.packets', integer(first('orig_pkts'))),
    ecs('destination.bytes', received),
    ecs('destination.packets', integer(first('resp_pkts'))),
    ecs('event.duration', converted(first('duration'), nanoseconds)),
    ecs(
      'network.direction',
      converted(isLocal, (value) => (value === true ? 'egress' : 'ingress')),
    ),
    ecs('zeek.conn_state', first('conn_state')),
    ecs('zeek.history', first('history')),
  ],
  showsData: false,
});

const answers: Reader = (data) => {
  const value = ownField(data, 'answers');
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((answer) => address(constant(answer))(data) !== undefined);
  return found.length === 0 ? undefined : (found as readonly string[]);
};

const dns = kindOf('dns', {
  categories: ['dns', 'network'],
  activity: 'dns',
  kind: ['network', 'protocol', 'lookup'],
  aliases: [
    ['answer', field('answers')],
    ['record_type', first('qtype_name')],
    ['QueryName', first('query')],
    ['QueryResults', answers],
    ['dns.question.name', first('query')],
  ],
  fields: [
    ecs('dns.question.name', first('query')),
    ecs('dns.question.type', first('qtype_name')),
    ecs('dns.response_code', first('rcode_name')),
    ecs('dns.resolved_ip', answers),
    ecs('dns.answers.data', field('answers')),
    ecs('network.transport', first('proto')),
    ecs('network.protocol', constant('dns')),
  ],
  showsData: false,
});

// The address as it was asked for: the host of the header, and the rest.
const url: Reader = (data) => {
  const host = textOf(first('host')(data));
  const uri = textOf(first('uri')(data));
  if (host === undefined) return uri;
  if (uri?.includes('://') === true) return uri;
  return `http://${host}${uri ?? '/'}`;
};
const httpHost = first('host');

const http = kindOf('http', {
  categories: ['proxy', 'webserver'],
  activity: 'connection',
  kind: ['network', 'protocol', 'http-request'],
  aliases: [
    ...requestAliases({
      url,
      host: httpHost,
      clientIp: origin,
      serverIp: responder,
      serverPort: responderPort,
      user: first('username'),
      method: first('method'),
      status: first('status_code'),
      bytesOut: first('request_body_len'),
      bytesIn: first('response_body_len'),
      userAgent: first('user_agent'),
      referrer: first('referrer'),
      version: first('version'),
    }),
  ],
  fields: [
    ...ecsUrl(url),
    ecs('destination.domain', httpHost),
    ecs('http.request.method', first('method')),
    ecs('http.request.body.bytes', integer(first('request_body_len'))),
    ecs('http.request.referrer', first('referrer')),
    ecs('http.response.status_code', integer(first('status_code'))),
    ecs('http.response.body.bytes', integer(first('response_body_len'))),
    ecs('http.version', first('version')),
    ecs('user_agent.original', first('user_agent')),
    ecs('user.name', first('username')),
    ecs('network.protocol', constant('http')),
  ],
  showsData: false,
});

const serverName = first('server_name');

const ssl = kindOf('ssl', {
  activity: 'connection',
  kind: ['network', 'protocol', 'tls'],
  aliases: [
    ['DestinationHostname', serverName],
    ['Initiated', constant('true')],
  ],
  fields: [
    ecs('destination.domain', serverName),
    ecs('tls.client.server_name', serverName),
    ecs('tls.client.ja3', first('ja3')),
    ecs('tls.server.ja3s', first('ja3s')),
    ecs('tls.version_protocol', constant('tls')),
    ecs('tls.cipher', first('cipher')),
    ecs('tls.server.subject', first('subject')),
    ecs('tls.server.issuer', first('issuer')),
    ecs('network.protocol', constant('tls')),
  ],
  showsData: false,
});

const fileHashes = computedHashes({
  md5: first('md5'),
  sha1: first('sha1'),
  sha256: first('sha256'),
});

const files = kindOf('files', {
  kind: ['file', 'info', 'transfer'],
  aliases: [['FileName', first('filename')], ...hashAliases(fileHashes)],
  fields: [
    ...ecsFile(first('filename')),
    ecs('file.size', integer(first('total_bytes', 'seen_bytes'))),
    ecs('file.mime_type', first('mime_type')),
    ...ecsHash('file', fileHashes),
    ecs('network.protocol', converted(first('source'), lower)),
  ],
});

const smtp = kindOf('smtp', {
  kind: ['email', 'info', 'mail'],
  fields: [
    ecs('email.from.address', first('mailfrom')),
    ecs('email.to.address', field('rcptto')),
    ecs('email.subject', first('subject')),
    ecs('email.message_id', first('msg_id')),
    ecs('user_agent.original', first('user_agent')),
    ecs('network.protocol', constant('smtp')),
  ],
});

const smbFiles = kindOf('smb_files', {
  kind: ['file', 'access', 'smb-file'],
  fields: [
    ecs('event.action', first('action')),
    ...ecsFile(smbPath),
    ecs('file.size', integer(first('size'))),
    ecs('network.protocol', constant('smb')),
  ],
});

// A share and the name below it.
function smbPath(data: JsonObject): string | undefined {
  const name = textOf(ownField(data, 'name'));
  const share = textOf(first('path')(data));
  return name === undefined || share === undefined ? (name ?? share) : `${share}\\${name}`;
}

// Rules of this service name the serial number with a point.
const x509 = kindOf('x509', {
  kind: ['network', 'info', 'certificate'],
  aliases: [
    ['certificate.serial', first('certificate.serial', 'certificate_serial')],
    ['certificate.subject', first('certificate.subject', 'certificate_subject')],
    ['certificate.issuer', first('certificate.issuer', 'certificate_issuer')],
  ],
});

const known: ReadonlyMap<string, EventShape> = new Map([
  ['conn', conn],
  ['dns', dns],
  ['http', http],
  ['ssl', ssl],
  ['files', files],
  ['smtp', smtp],
  ['smb_files', smbFiles],
  ['x509', x509],
  // Logs that rules ask for by name, and others that Zeek writes by default; shown as they are.
  ...[
    'capture_loss',
    'dce_rpc',
    'dhcp',
    'dpd',
    'ftp',
    'kerberos',
    'known_hosts',
    'known_services',
    'mysql',
    'notice',
    'ntlm',
    'ocsp',
    'pe',
    'rdp',
    'rfb',
    'sip',
    'smb_mapping',
    'snmp',
    'socks',
    'software',
    'ssh',
    'stats',
    'syslog',
    'tunnel',
    'weird',
  ].map((path) => [path, kindOf(path, { kind: ['network', 'info', path] })] as const),
]);

/** Sigma's services of these logs. */
export const zeekServices: readonly string[] = [...known.keys(), 'netflow', 'other'];

const other = kindOf('other', { kind: ['network', 'info', 'other'] });

/** The shape of a line of this log (`_path`). */
export function zeekShape(path: string): EventShape {
  return known.get(path) ?? other;
}

/** Whose traffic it is: the machine that began the connection, on which a file came or went. */
export function machineOf(data: JsonObject): string | undefined {
  const client = textOf(origin(data));
  if (client !== undefined) return client;
  const isSent = ownField(data, 'is_orig') === true;
  const ends = isSent ? ['tx_hosts', 'rx_hosts'] : ['rx_hosts', 'tx_hosts'];
  for (const name of [...ends, 'host', 'src', 'client_addr', 'assigned_addr']) {
    const value = ownField(data, name);
    const single = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
    if (typeof single === 'string' && isMeant(single)) return single;
  }
  return textOf(first('@system', '_system_name', 'peer', 'node')(data));
}

function nanoseconds(seconds: unknown): number | undefined {
  return typeof seconds === 'number' ? Math.round(seconds * 1e9) : undefined;
}

function lower(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}
