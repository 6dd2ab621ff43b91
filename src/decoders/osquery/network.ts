import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsEndpoint, ecsKind } from '../../event/ecs-fields.ts';
import { ownField } from '../../event/field-value.ts';
import { constant, converted, field, first, integerOf } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { ProcessReaders } from '../../event/shape.ts';
import { guid, kindOf, parentPid, processFields, user } from './kind.ts';
import type { KindByProduct } from './kind.ts';
import type { OsqueryTable } from './tables.ts';

const image = first('path');

const actor: ProcessReaders = {
  guid,
  pid: field('pid'),
  executable: image,
  user,
  parent: { pid: parentPid },
};

const actorAliases: readonly (readonly [string, Reader])[] = [
  ['Image', image],
  ['ProcessId', field('pid')],
  ['User', user],
];

// Numbers of the Internet Protocol.
const protocols: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
]);
const protocol = converted(field('protocol'), (value) => protocols.get(integerOf(value) ?? -1));

interface Direction {
  readonly source: 'local' | 'remote';
  readonly destination: 'local' | 'remote';
  readonly name: string;
}

const egress: Direction = { source: 'local', destination: 'remote', name: 'egress' };
const ingress: Direction = { source: 'remote', destination: 'local', name: 'ingress' };

function socketKind(
  categories: readonly string[],
  activity: Activity,
  direction: Direction,
): KindByProduct {
  const sourceIp = first(`${direction.source}_address`);
  const sourcePort = first(`${direction.source}_port`);
  const destinationIp = first(`${direction.destination}_address`);
  const destinationPort = first(`${direction.destination}_port`);
  return kindOf({
    categories,
    activity,
    process: actor,
    aliases: new Map([
      ...actorAliases,
      ['Initiated', constant(direction === egress ? 'true' : 'false')],
      ['Protocol', protocol],
      ['SourceIp', sourceIp],
      ['SourcePort', sourcePort],
      ['DestinationIp', destinationIp],
      ['DestinationPort', destinationPort],
    ]),
    fields: [
      ...ecsKind('network', 'connection', 'connection'),
      ...processFields(image),
      ...ecsEndpoint('source', sourceIp, sourcePort),
      ...ecsEndpoint('destination', destinationIp, destinationPort),
      ecs('network.transport', protocol),
      ecs('network.direction', constant(direction.name)),
    ],
  });
}

const connect = socketKind(['network_connection'], 'connection', egress);
const accept = socketKind(['network_connection'], 'connection', ingress);
const otherSocket = socketKind([], 'other', egress);

const sockets: ReadonlyMap<string, KindByProduct> = new Map([
  ['connect', connect],
  ['accept', accept],
  ['accept4', accept],
]);

function lookupKind(categories: readonly string[], activity: Activity): KindByProduct {
  return kindOf({
    categories,
    activity,
    process: actor,
    aliases: new Map([
      ...actorAliases,
      ['QueryName', field('name')],
      ['QueryResults', field('response')],
    ]),
    fields: [
      ...ecsKind('network', 'protocol', 'lookup'),
      ...processFields(image),
      ecs('dns.question.name', field('name')),
      ecs('dns.question.type', field('type')),
      ecs('network.protocol', constant('dns')),
    ],
  });
}

const lookup = lookupKind(['dns_query'], 'dns');
const otherLookup = lookupKind([], 'other');

const words: Readonly<Partial<Record<OsqueryTable, string>>> = {
  socket_events: 'action',
  bpf_socket_events: 'syscall',
};

/** The kind of a row of a table of network events, or undefined for another table. */
export function networkRowKind(
  table: OsqueryTable,
  row: JsonObject,
  isNew: boolean,
): KindByProduct | undefined {
  if (table === 'dns_lookup_events') return isNew ? lookup : otherLookup;
  const word = words[table];
  if (word === undefined) return undefined;
  const action = ownField(row, word);
  const kind = isNew && typeof action === 'string' ? sockets.get(action) : undefined;
  return kind ?? otherSocket;
}
