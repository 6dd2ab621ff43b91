import type { EventTime } from '../../event/record.ts';
import { isoTime } from './time-text.ts';
import type { WindowsRecord } from './windows-record.ts';

/**
 * NXLog's JSON: header and event data side by side in one flat object. Its own EventType stands in the place of
 * Sysmon's, which then only the rendered message has; so the message stays for Sysmon and is dropped else.
 * Times are in NXLog's present default form, local time with offset (the endpoints of the stories are in UTC).
 */
export function nxlog(record: WindowsRecord, number: number, arrival: EventTime): string {
  const { log } = record;
  const threads = log.writer.threads;
  const flat: Record<string, string | number> = {
    EventTime: localTime(record.logged),
    Hostname: record.host.name,
    Severity: 'INFO',
    SeverityValue: 2,
    EventID: record.eventId,
    SourceName: log.provider,
    ProviderGuid: log.providerGuid,
    Version: record.version,
    Task: record.task,
    OpcodeValue: 0,
    RecordNumber: number,
    ExecutionProcessID: log.writer.pid,
    ThreadID: threads[number % threads.length] ?? threads[0],
    Channel: log.channel,
    Category: record.category,
    Opcode: 'Info',
  };
  if (log.writerAccount !== undefined) {
    flat['Domain'] = 'NT AUTHORITY';
    flat['AccountName'] = log.writerAccount;
    flat['UserID'] = 'S-1-5-18';
    flat['AccountType'] = 'User';
    flat['Message'] = message(record);
  }
  for (const [name, value] of record.data) flat[name] = value;
  flat['EventType'] = log.outcome;
  flat['EventReceivedTime'] = localTime(arrival);
  flat['SourceModuleName'] = 'eventlog';
  flat['SourceModuleType'] = 'im_msvistalog';
  // Written as text: the mask has more digits than a double keeps.
  return `{"Keywords":${log.keywords},${JSON.stringify(flat).slice(1)}`;
}

function localTime(time: EventTime): string {
  return `${isoTime(time).slice(0, 23)}000+00:00`;
}

function message(record: WindowsRecord): string {
  const title = record.category.replace(/ \(rule: .*$/, '');
  return [`${title}:`, ...record.data.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
}
