import { expect } from 'chai';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { recordOf } from './fixtures.ts';

const AT = '2026-06-09T10:13:20.104Z';
const OTHER = '2020-01-01T00:00:00.000Z';
const SECONDS = '2026-06-09T10:13:20.000Z';

/** The time of the one event of a record. */
function timeOf(record: object | string): string {
  const line = typeof record === 'string' ? record : JSON.stringify(record);
  const times: number[] = [];
  createAutoDecoder().decode(recordOf(line, 1), (event) => times.push(event.time));
  return times.map((time) => new Date(time).toISOString()).join(' and ');
}

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const own = { UtcTime: '2026-06-09 10:13:20.104', Image: 'C:\\x.exe' };
const audit = 'type=USER_LOGIN msg=audit(1781000000.104:5): pid=1 uid=0';
const linux = (utc: string, created: string): string =>
  `<14>Jan  1 00:00:00 lx sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>5</EventID>` +
  `<TimeCreated SystemTime="${created}"/><Channel>Linux-Sysmon/Operational</Channel><Computer>lx</Computer>` +
  `</System><EventData><Data Name="UtcTime">${utc}</Data></EventData></Event>`;
const evtx = (channel: string, id: number, data: object): object => ({
  Event: {
    System: {
      EventID: id,
      Channel: channel,
      Computer: 'w',
      TimeCreated: { '#attributes': { SystemTime: '2026-06-09T10:13:20.1049999Z' } },
    },
    EventData: data,
  },
});
const osquery = (columns: object): object => ({
  name: 'q',
  hostIdentifier: 'h',
  action: 'added',
  counter: 3,
  unixTime: 1_577_836_800,
  calendarTime: 'Wed Jan  1 00:00:00 2020 UTC',
  columns,
});
const es = {
  event_type: 10,
  event: { open: { fflag: 1, file: { path: '/x' } } },
  process: { audit_token: { pid: 1, pidversion: 1 }, start_time: OTHER },
  mach_time: 1,
};
const log = (attributes: object[], further: object): object => ({
  resourceLogs: [
    {
      scopeLogs: [
        { logRecords: [{ observedTimeUnixNano: '1577836800000000000', attributes, ...further }] },
      ],
    },
  ],
});
const stamp = { key: 'event.timestamp', value: { stringValue: AT } };

describe('event times of sensors', () => {
  const cases: readonly (readonly [string, object | string, string])[] = [
    [
      'Sysmon, flat: UtcTime',
      { EventID: 5, Channel: SYSMON, Hostname: 'w', EventTime: OTHER, '@timestamp': OTHER, ...own },
      AT,
    ],
    [
      'Sysmon, EVTX: UtcTime',
      evtx(SYSMON, 5, { ...own, UtcTime: '2026-06-09 10:13:20.000' }),
      SECONDS,
    ],
    [
      'Sysmon, Winlogbeat 7: UtcTime',
      {
        '@timestamp': OTHER,
        winlog: {
          channel: SYSMON,
          event_id: '5',
          computer_name: 'w',
          time_created: OTHER,
          event_data: own,
        },
      },
      AT,
    ],
    [
      'Sysmon, Winlogbeat 6: UtcTime',
      { '@timestamp': OTHER, log_name: SYSMON, event_id: 5, computer_name: 'w', event_data: own },
      AT,
    ],
    ['Sysmon for Linux: UtcTime', linux('2026-06-09 10:13:20.104', '2026-06-09T10:13:25Z'), AT],
    [
      'Sysmon for Linux: when it was logged, where UtcTime is days away',
      linux('2026-06-01 10:13:20.104', '2026-06-09T10:13:20.104Z'),
      AT,
    ],
    ['Security, EVTX: SystemTime', evtx('Security', 4689, { ProcessId: '0x4' }), AT],
    [
      'Security, NXLog: EventTime, in the zone that its records imply',
      {
        EventID: 4689,
        Channel: 'Security',
        Hostname: 'w',
        EventTime: '2026-06-09 06:13:20',
        EventReceivedTime: '2026-06-09 06:13:22',
        '@timestamp': '2026-06-09T10:13:22.480Z',
      },
      SECONDS,
    ],
    [
      'osquery, events: time of the row',
      osquery({ time: '1781000000', syscall: 'execve', pid: '1', cmdline: 'x', parent: '1' }),
      SECONDS,
    ],
    ['osquery, state: when the query ran', osquery({ pid: '1', cmdline: 'x', path: '/x' }), OTHER],
    ['auditd: audit(…)', `Jan  1 00:00:00 lx audispd: ${audit}`, AT],
    ['auditd, in an envelope: audit(…)', { '@timestamp': OTHER, message: audit }, AT],
    [
      'Auditbeat: @timestamp',
      {
        '@timestamp': AT,
        event: { module: 'auditd', ingested: OTHER },
        auditd: { data: { syscall: 'execve' }, result: 'success' },
      },
      AT,
    ],
    ['Endpoint Security: time', { ...es, time: '2026-06-09T10:13:20.104999Z' }, AT],
    [
      'Santa: event_time',
      { machine_id: 'm', event_time: AT, processed_time: OTHER, exit: { instigator: {} } },
      AT,
    ],
    [
      'unified log: timestamp, with its offset',
      {
        timestamp: '2026-06-09 12:13:20.104999+0200',
        eventMessage: 'x',
        subsystem: 's',
        processImagePath: '/x',
      },
      AT,
    ],
    [
      'SilkETW: TimeStamp',
      {
        ProviderGuid: 'g',
        ProviderName: 'Microsoft-Windows-Kernel-File',
        EventName: 'Create',
        TimeStamp: AT,
        '@timestamp': OTHER,
        XmlEventData: {},
      },
      AT,
    ],
    [
      'Sealighter: header.timestamp',
      {
        header: {
          provider_name: 'Microsoft-Windows-Kernel-File',
          event_id: 12,
          timestamp: '2026-06-09 10:13:20Z',
        },
        properties: {},
      },
      SECONDS,
    ],
    ['OTLP: event.timestamp', log([stamp], { timeUnixNano: '1577836800000000000' }), AT],
    ['OTLP: timeUnixNano without it', log([], { timeUnixNano: '1781000000104999999' }), AT],
    [
      'Elastic: @timestamp',
      { '@timestamp': AT, host: { name: 'h' }, event: { category: ['process'], ingested: OTHER } },
      AT,
    ],
  ];
  for (const [what, record, expected] of cases) {
    it(what, () => {
      expect(timeOf(record)).to.equal(expected);
    });
  }
});
