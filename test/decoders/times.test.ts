import { expect } from 'chai';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { recordOf } from './fixtures.ts';

const AT = '2026-06-09T10:13:20.104Z';
const NONE = '1970-01-01T00:00:00.000Z';
const OTHER = '2020-01-01T00:00:00.000Z';

function timeOf(record: object | string, recordTime?: number): string {
  const line = typeof record === 'string' ? record : JSON.stringify(record);
  let found: number | undefined;
  const from = recordOf(line, 1);
  const problem = createAutoDecoder().decode(
    recordTime === undefined ? from : { ...from, recordTime },
    (event) => (found = event.time),
  );
  return found === undefined ? (problem?.reason ?? 'nothing') : new Date(found).toISOString();
}

const fdr = { event_simpleName: 'DnsRequest', aid: 'a1', timestamp: '1577836800000' };
const mde = (properties: object): object => ({
  category: 'AdvancedHunting-DeviceEvents',
  time: OTHER,
  _TimeReceivedBySvc: OTHER,
  properties: { DeviceName: 'wks-1', ...properties },
});
const s1 = { 'meta.event.name': 'DNS', 'endpoint.name': 'wks-1', 'sca:ingestTime': 1_577_836_800 };
const conn = { _path: 'conn', 'id.orig_h': '10.0.0.1', _write_ts: OTHER };
const zscaler = (event: object): object => ({
  sourcetype: 'zscalernss-web',
  event: { cltip: '10.0.0.1', host: 'a.example', ...event },
});
const intune = (fields: object, properties: object = {}): object => ({
  category: 'AuditLogs',
  tenantId: 't1',
  ...fields,
  properties: { Actor: { UPN: 'ana' }, ...properties },
});

describe('times of events', () => {
  const cases: readonly (readonly [string, object | string, string])[] = [
    ['CrowdStrike: ContextTimeStamp', { ...fdr, ContextTimeStamp: '1781000000.104' }, AT],
    ['CrowdStrike: a number', { ...fdr, ContextTimeStamp: 1_781_000_000.104 }, AT],
    ['CrowdStrike: Windows’ count', { ...fdr, ContextTimeStamp: '134254736001040000' }, AT],
    ['CrowdStrike: ISO', { ...fdr, ContextTimeStamp: '2026-06-09 10:13:20.104Z' }, AT],
    [
      'CrowdStrike: ProcessStartTime of a launch',
      { ...fdr, event_simpleName: 'ProcessRollup2', ProcessStartTime: '1781000000.104' },
      AT,
    ],
    [
      'CrowdStrike: a process found running is told when it was found',
      {
        ...fdr,
        event_simpleName: 'SyntheticProcessRollup2',
        ProcessStartTime: '1577836800.000',
        timestamp: '1781000000104',
      },
      AT,
    ],
    [
      'CrowdStrike: when it was received, if nothing else',
      { ...fdr, timestamp: '1781000000104' },
      AT,
    ],
    ['Defender: Timestamp', mde({ Timestamp: '2026-06-09T10:13:20.1041234Z' }), AT],
    ['SentinelOne: event.time', { ...s1, 'event.time': 1_781_000_000_104 }, AT],
    ['SentinelOne: not the clock of timestamp', { ...s1, timestamp: '10:13:20.104' }, NONE],
    ['Zeek: ts', { ...conn, ts: 1_781_000_000.104 }, AT],
    ['Zeek: ts in ISO', { ...conn, ts: '2026-06-09T10:13:20.104211Z' }, AT],
    [
      'Squid: the first column',
      '1781000000.104    412 10.0.0.1 TCP_MISS/200 1 GET http://a.example/ - HIER_DIRECT/10.0.0.2 -',
      AT,
    ],
    [
      'Zscaler: epochtime',
      zscaler({ epochtime: '1781000000', time: 'x' }),
      '2026-06-09T10:13:20.000Z',
    ],
    [
      'Zscaler: time in UTC',
      zscaler({ time: 'Tue Jun  9 10:13:20 2026', tz: 'GMT' }),
      '2026-06-09T10:13:20.000Z',
    ],
    [
      'Zscaler: a zone that is but a name says nothing',
      zscaler({ time: 'Tue Jun  9 10:13:20 2026', tz: 'CEST' }),
      'invalid_time',
    ],
    [
      'W3C: date and time in UTC, not syslog’s',
      '#Fields: date time c-ip c-uri\n2026-06-09 10:13:20 10.0.0.1 http://a.example/',
      '2026-06-09T10:13:20.000Z',
    ],
    [
      'W3C: the log’s date where lines have none',
      '#Date: 2026-06-09 00:00:00\n#Fields: time c-ip c-uri\n10:13:20 10.0.0.1 http://a.example/',
      '2026-06-09T10:13:20.000Z',
    ],
    [
      'Vault: time with nanoseconds',
      { type: 'response', time: '2026-06-09T10:13:20.104211337Z', request: { path: 'a' } },
      AT,
    ],
    [
      'Key Vault: time',
      {
        time: '2026-06-09T10:13:20.1042691Z',
        resourceId: '/x/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V',
        category: 'AuditEvent',
        operationName: 'SecretGet',
      },
      AT,
    ],
    [
      'CloudTrail: eventTime',
      { eventTime: AT, eventSource: 's3', eventName: 'GetObject', userIdentity: {} },
      AT,
    ],
    [
      'Intune: ActivityDate, not a malformed time',
      intune({ time: '2026-06-09:13:20.3387000Z' }, { ActivityDate: '6/9/2026 10:13:20 AM' }),
      '2026-06-09T10:13:20.000Z',
    ],
    [
      'Intune: noon and midnight',
      intune({}, { ActivityDate: '6/9/2026 12:00:00 AM' }),
      '2026-06-09T00:00:00.000Z',
    ],
    [
      'Jamf: eventTimestamp',
      {
        webhook: { webhookEvent: 'ComputerCheckIn', eventTimestamp: 1_781_000_000_104 },
        event: { computer: { deviceName: 'm' } },
      },
      AT,
    ],
    [
      'ECS: @timestamp',
      { '@timestamp': AT, event: { category: ['web'] }, source: { ip: '10.0.0.1' } },
      AT,
    ],
  ];
  for (const [name, record, expected] of cases) {
    it(name, () => {
      expect(timeOf(record)).to.equal(expected);
    });
  }

  it('the log’s own time stands in where a record has none', () => {
    const { timestamp: _received, ...bare } = fdr;
    expect(timeOf(bare)).to.equal(NONE);
    expect(timeOf(bare, Date.parse(AT))).to.equal(AT);
  });
});
