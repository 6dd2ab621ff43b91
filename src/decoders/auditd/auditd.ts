import type { FormatFamily, TextFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { emitLines } from './audit-event.ts';
import { auditbeat, auditRecords } from './auditbeat.ts';
import { isAuditText, readHeader, readLine } from './line.ts';
import type { AuditLine } from './line.ts';
import { isLastPart, isPartType } from './parts.ts';
import { auditdSensor } from './senses.ts';

const LINES_MAX = 1024;

// One line, or all lines of one event together.
const auditText: TextFormat = {
  recognises: isAuditText,
  decode({ text, sender, record }, emit) {
    const lines: AuditLine[] = [];
    for (const each of text.split('\n', LINES_MAX)) {
      const line = readLine(each);
      if (line !== undefined) lines.push(line);
    }
    const host = lines[0]?.node ?? sender ?? hostOfRecord(record);
    emitLines(lines, { host, record, whole: undefined }, emit);
    return undefined;
  },
  part({ text, sender, record }) {
    const header = text.includes('\n') ? undefined : readHeader(text);
    if (header === undefined || !isPartType(header.type)) return undefined;
    const { time, serial, type, node } = header;
    const isNamed = node !== undefined || sender === undefined;
    return {
      key: `${time}:${serial}`,
      host: node ?? sender ?? hostOfRecord(record),
      time,
      isLast: isLastPart(type),
      line: isNamed ? text : `node=${sender} ${text}`,
    };
  },
};

/** The Linux audit log, raw and as its shippers put it together. */
export const auditd: FormatFamily = {
  name: 'auditd',
  description: 'Linux audit log: raw text, put together by event, and Auditbeat',
  sensors: [auditdSensor],
  json: [auditbeat, auditRecords],
  text: [auditText],
};
