import type { FieldValue } from '../../event/event.ts';
import { ecsEndpoint, ecsKind } from '../../event/ecs-fields.ts';
import { textOf } from '../../event/field-value.ts';
import { constant, converted, field, first, integerOf } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { ShapesByProduct } from '../event-kind.ts';
import { deedOf } from './kind.ts';

// Numbers of the Internet Protocol.
const protocols: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'ipv6-icmp'],
]);
const transport = converted(field('Protocol'), (value) => protocols.get(integerOf(value) ?? -1));

/** The machine's own address. */
export const localIp: Reader = firstOfList(
  'LocalAddressIP4',
  'LocalAddressIP6',
  'LocalIP',
  'CurrentLocalIP',
);
const localPort = field('LocalPort');
const remoteIp = first('RemoteAddressIP4', 'RemoteAddressIP6', 'RemoteIP');
const remotePort = field('RemotePort');

// A machine with several addresses may list them with spaces between.
function firstOfList(...names: readonly string[]): Reader {
  return converted(first(...names), (value) => textOf(value)?.trim().split(/\s/, 1)[0]);
}

function connection(
  direction: 'egress' | 'ingress' | undefined,
  categories: readonly string[],
  words = ecsKind('network', 'connection', 'connection'),
): ShapesByProduct {
  const isIn = direction === 'ingress';
  const source = isIn ? ([remoteIp, remotePort] as const) : ([localIp, localPort] as const);
  const peer = isIn ? ([localIp, localPort] as const) : ([remoteIp, remotePort] as const);
  const towards: Reader = () => direction;
  const initiated: Reader = () => (direction === undefined ? undefined : String(!isIn));
  return deedOf({
    categories,
    activity: categories.length === 0 ? 'other' : 'connection',
    words,
    aliases: [
      ['SourceIp', source[0]],
      ['SourcePort', source[1]],
      ['DestinationIp', peer[0]],
      ['DestinationPort', peer[1]],
      ['Protocol', transport],
      ['Initiated', initiated],
    ],
    fields: [
      ...ecsEndpoint('source', ...source),
      ...ecsEndpoint('destination', ...peer),
      ecs('network.transport', transport),
      ecs('network.direction', towards),
    ],
  });
}

const out = connection('egress', ['network_connection']);
const inward = connection('ingress', ['network_connection']);
// Nobody has come yet; the other side is empty or any address.
const listening = connection(undefined, []);
/** What is spoken on a connection that another event told of. */
export const protocolDetected: ShapesByProduct = connection(
  undefined,
  [],
  ecsKind('network', 'protocol', 'protocol-detected'),
);

// What opens a port.
const listens: ReadonlySet<string> = new Set([
  'NetworkListenIP4',
  'NetworkListenIP6',
  'RawBindIP4',
  'RawBindIP6',
]);

const INWARD = '1';

/** The kind of a connection; its direction is told by the name of the event, or by a field. */
export function connectionKind(name: string, direction: FieldValue | undefined): ShapesByProduct {
  if (listens.has(name)) return listening;
  return textOf(direction) === INWARD || name.startsWith('NetworkReceiveAccept') ? inward : out;
}

const RECORDS_MAX = 64;

// `192.0.2.1;192.0.2.2;`, and the same for the other lists.
const records = (name: string): Reader =>
  converted(field(name), (value) => {
    const list = textOf(value)
      ?.split(';', RECORDS_MAX)
      .filter((part) => part !== '');
    return list === undefined || list.length === 0 ? undefined : list;
  });

const addresses: Reader = (data) => {
  const found = [records('IP4Records')(data), records('IP6Records')(data)];
  const list = found.flatMap((part) => (Array.isArray(part) ? (part as FieldValue[]) : []));
  return list.length === 0 ? undefined : list;
};

// Names of the commonest types; the registry of DNS parameters has the rest.
const types: ReadonlyMap<string, string> = new Map([
  ['1', 'A'],
  ['2', 'NS'],
  ['5', 'CNAME'],
  ['6', 'SOA'],
  ['12', 'PTR'],
  ['15', 'MX'],
  ['16', 'TXT'],
  ['28', 'AAAA'],
  ['33', 'SRV'],
  ['64', 'SVCB'],
  ['65', 'HTTPS'],
  ['255', 'ANY'],
]);
const questionType = converted(field('RequestType'), (value) => types.get(textOf(value) ?? ''));

export const lookup: ShapesByProduct = deedOf({
  categories: ['dns_query'],
  activity: 'dns',
  words: ecsKind('network', 'protocol', 'lookup'),
  aliases: [
    ['QueryName', field('DomainName')],
    ['QueryResults', addresses],
    ['QueryStatus', first('QueryStatus')],
  ],
  fields: [
    ecs('dns.question.name', first('DomainName')),
    ecs('dns.question.type', questionType),
    ecs('dns.resolved_ip', addresses),
    ecs('dns.answers.data', records('CNAMERecords')),
    ecs('network.protocol', constant('dns')),
  ],
});
