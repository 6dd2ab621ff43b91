import { expect } from 'chai';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { DestinationDerivation } from '../../src/enrichment/destination.ts';
import { NamesTracker } from '../../src/enrichment/names.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { policy } from './events.ts';

const encoder = new TextEncoder();
const auto = createAutoDecoder();

function decode(record: object): TelemetryEvent {
  const events: TelemetryEvent[] = [];
  const payload = encoder.encode(JSON.stringify(record));
  const position = { source: 'telemetry', partition: 0, offset: 1 };
  auto.decode({ payload, position }, (event) => events.push(event));
  const [event] = events;
  if (event === undefined) throw new Error(`no event: ${JSON.stringify(record)}`);
  return event;
}

const sysmon = (id: number, fields: object): object => ({
  EventID: id,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Hostname: 'wks-1',
  UtcTime: '2026-06-09 10:13:20.104',
  ProcessGuid: '{3F1E2D4C-A1B2-6860-0001-000000002A00}',
  ProcessId: '4711',
  Image: 'C:\\Windows\\System32\\curl.exe',
  ...fields,
});
const elastic = (event: object, fields: object): object => ({
  '@timestamp': '2026-06-09T10:13:20.104Z',
  host: { name: 'mac-1', os: { type: 'macos' } },
  process: { entity_id: 'abc', pid: 7, executable: '/usr/bin/curl' },
  event: { category: ['network'], ...event },
  ...fields,
});

const falcon = (name: string, fields: object): object => ({
  event_simpleName: name,
  aid: '0123456789abcdef0123456789abcdef',
  event_platform: 'Win',
  ContextProcessId: '1234567890',
  ContextTimeStamp: '1781000000.104',
  ...fields,
});

describe('names of connections, by sensor', () => {
  const cases: readonly (readonly [string, object, object])[] = [
    [
      'Sysmon 22 and 3',
      sysmon(22, {
        QueryName: 'paste.example.net',
        QueryResults: 'type:  5 edge.example.org;::ffff:203.0.113.99;',
      }),
      sysmon(3, { DestinationIp: '203.0.113.99', DestinationHostname: '-', Initiated: 'true' }),
    ],
    [
      'CrowdStrike DnsRequest and NetworkConnectIP4',
      falcon('DnsRequest', { DomainName: 'paste.example.net', IP4Records: '203.0.113.99;' }),
      falcon('NetworkConnectIP4', {
        RemoteAddressIP4: '203.0.113.99',
        RemotePort: '443',
        ConnectionDirection: '0',
      }),
    ],
    [
      'Elastic Defend',
      elastic(
        { action: 'lookup_result' },
        { dns: { question: { name: 'paste.example.net' }, resolved_ip: ['203.0.113.99'] } },
      ),
      elastic({ action: 'connection_attempted' }, { destination: { ip: '203.0.113.99' } }),
    ],
  ];
  for (const [what, lookup, connection] of cases) {
    it(`${what}: a connection has the name that was looked up, and is classed by it`, () => {
      const names = new NamesTracker();
      const asked = decode(lookup);
      expect(names.feeds(asked)).to.equal(true);
      names.observe(asked);
      const made = decode(connection);
      names.enrich(made);
      expect(made.get('destination.domain')).to.equal('paste.example.net');
      new DestinationDerivation().derive(made, policy);
      expect(made.get('tidegate.destination.host')).to.equal('paste.example.net');
      expect(made.get('tidegate.destination.registered_domain')).to.equal('example.net');
    });
  }
});
