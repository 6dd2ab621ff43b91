import type { JsonObject } from '../../base/json.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { RawRecord } from '../../event/record.ts';
import { dataOf, readFacts } from './event.ts';
import { auditShape } from './kinds.ts';
import type { AuditLine } from './line.ts';
import { isPartType } from './parts.ts';

/** Where lines of the audit log came from. */
export interface AuditOrigin {
  readonly host: string;
  readonly record: RawRecord;
  /** The record as it was shipped, where it was no text. */
  readonly whole: JsonObject | undefined;
}

/** Emits what these lines of one event tell; the mark of an event's end tells nothing by itself. */
export function emitLines(
  lines: readonly AuditLine[],
  { host, record, whole }: AuditOrigin,
  emit: (event: TelemetryEvent) => void,
): void {
  const [first] = lines;
  if (first === undefined || lines.every((line) => line.type === 'EOE')) return;
  const facts = readFacts(lines);
  const data = { ...dataOf(facts), serial: first.serial };
  // Lines that came without their call share the event's number with others, so their bytes tell them apart.
  const isWhole = lines.some((line) => line.type === 'SYSCALL' || !isPartType(line.type));
  emit(
    new FieldEvent({
      shape: auditShape(data, facts.succeeded),
      data,
      whole: whole ?? data,
      time: first.time,
      host,
      sensorId: isWhole ? `audit/${first.serial}` : undefined,
      isUnpacked: false,
      isPlain: false,
      record,
      index: 0,
    }),
  );
}
