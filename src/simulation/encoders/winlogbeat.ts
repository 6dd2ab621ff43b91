import { isoTime } from './time-text.ts';
import type { WindowsRecord } from './windows-record.ts';

/**
 * Winlogbeat 8 with the rendered message dropped, as operators do who pay by volume. `host.name` is the
 * collector, not the endpoint: events are forwarded before they are shipped.
 */
export function winlogbeat(record: WindowsRecord, number: number): string {
  const { log } = record;
  const threads = log.writer.threads;
  return JSON.stringify({
    '@timestamp': isoTime(record.logged),
    winlog: {
      channel: log.channel,
      provider_name: log.provider,
      provider_guid: log.providerGuid.toLowerCase(),
      event_id: String(record.eventId),
      record_id: number,
      version: record.version,
      task: record.category,
      opcode: 'Info',
      computer_name: record.host.name,
      process: { pid: log.writer.pid, thread: { id: threads[number % threads.length] } },
      api: 'wineventlog',
      ...(log.writerAccount === undefined
        ? { keywords: ['Audit Success'] }
        : { user: { identifier: 'S-1-5-18', name: log.writerAccount, domain: 'NT AUTHORITY' } }),
      ...valuesOf(record),
    },
    event: {
      kind: 'event',
      code: String(record.eventId),
      provider: log.provider,
      action: record.category,
    },
    host: { name: 'wec-1' },
    log: { level: 'information' },
    agent: { type: 'winlogbeat', version: '8.17.4' },
    ecs: { version: '8.0.0' },
  });
}

function valuesOf({ data, userData }: WindowsRecord): object {
  const values = Object.fromEntries(data.filter(([, value]) => value !== ''));
  return userData === undefined
    ? { event_data: values }
    : { user_data: { ...values, xml_name: userData } };
}
