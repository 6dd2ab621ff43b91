import { isJsonArray, isJsonObject, ownValue, parseJson } from '../../base/json.ts';
import { ecsEndpoint } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { constant, converted, either, field, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { address, addressOf } from '../address.ts';
import type { ShapesByProduct } from '../event-kind.ts';
import { fullUrl, urlPart } from '../url.ts';
import { additional, additionalFields } from './fields.ts';
import { deedOf, words } from './kind.ts';

const local = [address(field('LocalIP')), field('LocalPort')] as const;
/** The other end. */
export const remote: readonly [Reader, Reader] = [address(field('RemoteIP')), field('RemotePort')];
const remoteUrl = first('RemoteUrl');
/** What `RemoteUrl` names: a host, or the host of an address. */
export const remoteName: Reader = urlPart(remoteUrl, 'domain');

// `Tcp`, `TcpV4`, `Udp`: the transport and at times the version of the Internet Protocol.
const transport = converted(field('Protocol'), (value) => {
  const protocol = textOf(value)?.toLowerCase() ?? '';
  return ['tcp', 'udp', 'icmp'].find((name) => protocol.startsWith(name));
});

function connection(isOut: boolean, isMade: boolean): ShapesByProduct {
  const [source, peer] = isOut ? [local, remote] : [remote, local];
  return deedOf({
    categories: isMade ? ['network_connection'] : [],
    activity: isMade ? 'connection' : 'other',
    words: words('network', 'connection'),
    aliases: [
      ['SourceIp', source[0]],
      ['SourcePort', source[1]],
      ['DestinationIp', peer[0]],
      ['DestinationPort', peer[1]],
      ...(isOut ? [['DestinationHostname', remoteName] as const] : []),
      ['Protocol', transport],
      ['Initiated', constant(String(isOut))],
    ],
    fields: [
      ...ecsEndpoint('source', ...source),
      ...ecsEndpoint('destination', ...peer),
      ecs(isOut ? 'destination.domain' : 'source.domain', remoteName),
      ecs('url.full', fullUrl(remoteUrl)),
      ecs('url.original', remoteUrl),
      ecs('url.domain', remoteName),
      ecs('url.path', urlPart(remoteUrl, 'path')),
      ecs('network.transport', transport),
      ecs('network.direction', constant(isOut ? 'egress' : 'ingress')),
    ],
  });
}

export const egress: ShapesByProduct = connection(true, true);
export const ingress: ShapesByProduct = connection(false, true);
export const listening: ShapesByProduct = connection(false, false);

const question = either(additional('DnsQueryString'), additional('query'));
const listedAnswers = additional('answers');
const ANSWERS_MAX = 64;

// A list of objects with a `Result` each, which may be in a text; inspected traffic has the answers themselves.
const answers: Reader = (data) => {
  const result = ownValue(additionalFields(data), 'DnsQueryResult');
  const parsed = typeof result === 'string' ? parseJson(result) : { value: result };
  const list = 'value' in parsed ? parsed.value : undefined;
  const found = isJsonArray(list)
    ? list.map((answer) => (isJsonObject(answer) ? ownField(answer, 'Result') : undefined))
    : [listedAnswers(data)].flat();
  const addresses = found
    .slice(0, ANSWERS_MAX)
    .map((answer) => addressOf(answer))
    .filter((answer) => answer !== undefined);
  return addresses.length === 0 ? undefined : addresses;
};

export const lookup: ShapesByProduct = deedOf({
  categories: ['dns_query'],
  activity: 'dns',
  words: words('network', 'protocol'),
  aliases: [
    ['QueryName', question],
    ['QueryResults', answers],
  ],
  fields: [
    ecs('dns.question.name', question),
    ecs('dns.resolved_ip', answers),
    ecs('network.protocol', constant('dns')),
  ],
});
