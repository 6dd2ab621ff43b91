import { expect } from 'chai';
import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { HOST_HEADER, hostHeaders } from '../../../src/event/named-host.ts';
import type { RawRecord } from '../../../src/event/record.ts';
import { decodeRecord } from '../../../src/runtime/decoding.ts';
import { Repartitioner } from '../../../src/runtime/repartition/repartitioner.ts';

const START = Date.UTC(2026, 2, 3, 10) / 1000;
const decoder = createAutoDecoder();

let offset = 0;
function record(source: string, line: string, headers?: RawRecord['headers']): RawRecord {
  offset += 1;
  return {
    payload: new TextEncoder().encode(line),
    position: { source, partition: 0, offset },
    ...(headers === undefined ? {} : { headers }),
  };
}

const squid = (second: number, client: string): string =>
  `${START + second}.000     42 ${client} TCP_MISS/200 1811 GET http://example.net/x - HIER_DIRECT/192.0.2.7 text/html`;
const lease = (second: number, address: string, host: string): string =>
  JSON.stringify({
    _path: 'dhcp',
    ts: START + second,
    'id.orig_h': '10.0.0.1',
    assigned_addr: address,
    host_name: host,
  });
const agent = (second: number, host: string, addresses: readonly string[]): string =>
  JSON.stringify({
    '@timestamp': new Date((START + second) * 1000).toISOString(),
    ecs: { version: '8.11.0' },
    event: { kind: 'event', category: ['process'], type: ['start'], action: 'exec' },
    agent: { type: 'endpoint' },
    host: { name: host, ip: addresses },
    process: { pid: 7, executable: '/bin/true', entity_id: 'x', name: 'true' },
  });
const table = (second: number, host: string, address: string): string =>
  JSON.stringify({
    name: 'addresses',
    hostIdentifier: host,
    unixTime: START + second,
    action: 'added',
    columns: { interface: 'en0', address, mask: '255.255.255.0' },
  });

type Given = readonly [topic: string, line: string];

/** Where each record of a proxy goes, and the host that is put beside it. */
function routes(given: readonly Given[], engine = new Repartitioner(new Set(['leases']))): unknown {
  for (const [topic, line] of given) {
    const { events, problem } = decodeRecord(decoder, record(topic, line));
    expect(problem, line).to.equal(undefined);
    engine.observe(events);
  }
  return engine.takeOutgoing().map(({ route, headers = [] }) => {
    const named = headers.find(([name]) => name === HOST_HEADER);
    return [route, named === undefined ? undefined : new TextDecoder().decode(named[1])];
  });
}

describe('records that are keyed anew', () => {
  const cases: readonly [string, readonly Given[], unknown][] = [
    ['an address that nobody named', [['proxy', squid(1, '10.0.0.5')]], [['10.0.0.5', undefined]]],
    [
      'an address leased to one host and then to another',
      [
        ['leases', lease(0, '10.0.0.5', 'LAP-7')],
        ['proxy', squid(10, '10.0.0.5')],
        ['leases', lease(20, '10.0.0.5', 'LAP-8')],
        ['proxy', squid(30, '10.0.0.5')],
        ['proxy', squid(15, '10.0.0.5')],
      ],
      [
        ['LAP-7', 'LAP-7'],
        ['LAP-8', 'LAP-8'],
        ['LAP-7', 'LAP-7'],
      ],
    ],
    [
      "an agent's own addresses, but not those that every host has",
      [
        ['leases', agent(0, 'LAP-9', ['127.0.0.1', '10.0.0.9', 'fe80::1'])],
        ['proxy', squid(1, '10.0.0.9')],
        ['proxy', squid(1, '127.0.0.1')],
      ],
      [
        ['LAP-9', 'LAP-9'],
        ['127.0.0.1', undefined],
      ],
    ],
    [
      "a host's interfaces as osquery has them",
      [
        ['leases', table(0, 'lap-3', '10.0.0.3')],
        ['proxy', squid(1, '10.0.0.3')],
      ],
      [['lap-3', 'lap-3']],
    ],
    [
      'telemetry that names its host needs no other name, and tells of its address all the same',
      [
        ['proxy', agent(0, 'LAP-9', ['10.0.0.9'])],
        ['proxy', squid(1, '10.0.0.9')],
      ],
      [
        ['LAP-9', undefined],
        ['LAP-9', 'LAP-9'],
      ],
    ],
  ];
  for (const [name, given, expected] of cases) {
    it(name, () => expect(routes(given)).to.deep.equal(expected));
  }

  it('keeps bytes and headers; a host that somebody else put there does not count', () => {
    const engine = new Repartitioner(new Set());
    const line = squid(1, '10.0.0.5');
    const headers: NonNullable<RawRecord['headers']> = [
      ['trace', new Uint8Array([1])],
      ...hostHeaders('10.9.9.9'),
    ];
    engine.observe(decodeRecord(decoder, record('proxy', line, headers)).events);
    const [message] = engine.takeOutgoing();
    expect(new TextDecoder().decode(message?.value as Uint8Array)).to.equal(line);
    expect(message?.headers).to.deep.equal([['trace', new Uint8Array([1])]]);
  });

  it('after a stop a record goes where it would have gone', () => {
    const before = new Repartitioner(new Set(['leases']));
    routes([['leases', lease(0, '10.0.0.5', 'LAP-7')]], before);
    const after = new Repartitioner(new Set(['leases']));
    after.restore(
      JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<Repartitioner['snapshot']>,
    );
    expect(routes([['proxy', squid(5, '10.0.0.5')]], after)).to.deep.equal([['LAP-7', 'LAP-7']]);
  });
});

describe('records whose header names their host', () => {
  it('are events of that host, with the address kept', () => {
    const { events } = decodeRecord(
      decoder,
      record('telemetry', squid(1, '10.0.0.5'), hostHeaders('LAP-7')),
    );
    const [event] = events;
    expect([event?.host, event?.get('Computer'), event?.get('c-ip')]).to.deep.equal([
      'LAP-7',
      'LAP-7',
      '10.0.0.5',
    ]);
    expect(event?.document()['host']).to.deep.include({ name: 'LAP-7', ip: '10.0.0.5' });
  });

  it('keep their ids, so that one that comes again is known', () => {
    const ids = [1, 2].map(() => {
      const again = record('telemetry', squid(1, '10.0.0.5'), hostHeaders('LAP-7'));
      return decodeRecord(decoder, again).events[0]?.id;
    });
    expect(ids[0]).to.equal(ids[1]);
  });
});
