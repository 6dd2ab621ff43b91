import { memberReader } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseTime } from '../../base/date.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { textOf } from '../../event/field-value.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { integerOf } from '../../event/reader.ts';
import type { RawRecord } from '../../event/record.ts';
import { shapeOf } from './kind.ts';
import type { WindowsKind } from './kind.ts';
import { windowsKind } from './kinds.ts';
import type { WindowsLayout } from './layout.ts';
import { sensorIdIn } from './sensor-id.ts';
import { SYSMON_TIME, sysmonTime } from './sysmon.ts';
import { LINUX_SYSMON } from './sysmon-linux.ts';

/** A record of an event log in a layout. */
export interface LoggedRecord {
  readonly layout: WindowsLayout;
  /** Where the layout has no place for it. */
  readonly host?: string;
  readonly whole: JsonObject;
  readonly record: RawRecord;
  /** See `FieldEventParts.isPlain`. */
  readonly isPlain: boolean;
}

/** Emits the event of a record of an event log. */
export function decodeEvent(
  logged: LoggedRecord,
  emit: (event: TelemetryEvent) => void,
): DecodeProblem | undefined {
  const { layout, whole, record, isPlain } = logged;
  const eventId = integerOf(layout.eventId(whole));
  if (eventId === undefined) return { reason: 'wrong_type', detail: 'event id' };
  const host = logged.host ?? textOf(layout.host(whole));
  if (host === undefined || host === '') return { reason: 'missing_field', detail: 'computer' };
  const { fields, isUnpacked } = layout.data(whole);
  const kind = windowsKind({
    channel: textOf(layout.sigmaChannel(whole)) ?? '',
    eventId,
    data: fields,
    provider: () => textOf(layout.headers.get('Provider_Name')?.(whole)),
  });

  const time = timeOf(logged, kind, fields);
  if (typeof time !== 'number') return time;
  emit(
    new FieldEvent({
      shape: shapeOf(kind, layout),
      data: fields,
      whole,
      time,
      host,
      sensorId: sensorIdIn(layout),
      isUnpacked,
      isPlain: isPlain && !isUnpacked,
      record,
      index: 0,
    }),
  );
  return undefined;
}

// Sysmon's own time is the one that the shippers' times were found to be hours away from.
function timeOf(
  { layout, whole, record }: LoggedRecord,
  { sensor }: WindowsKind,
  fields: JsonObject,
): number | DecodeProblem {
  const quick = sensor === 'sysmon' ? memberReader(fields)?.time(SYSMON_TIME) : undefined;
  if (quick !== undefined) return quick;
  const isSysmon = sensor === 'sysmon' || sensor === LINUX_SYSMON;
  const own = isSysmon ? sysmonTime(fields) : undefined;
  if (own !== undefined) {
    const time = parseTime(own);
    const isTrusted = sensor !== LINUX_SYSMON || !isFarFrom(time, layout.time(whole).text);
    if (time !== undefined && isTrusted) return time;
  }
  const { text, zoneMs } = layout.time(whole);
  if (text === undefined) {
    if (own !== undefined) return { reason: 'invalid_time', detail: own.slice(0, 40) };
    return record.recordTime ?? { reason: 'missing_field', detail: 'time' };
  }
  const time = parseTime(text);
  if (time === undefined || time < zoneMs)
    return { reason: 'invalid_time', detail: text.slice(0, 40) };
  return time - zoneMs;
}

const FAR_MS = 86_400_000;

// Sysmon for Linux was seen to write a `UtcTime` of days before.
function isFarFrom(time: number | undefined, logged: string | undefined): boolean {
  const other = logged === undefined ? undefined : parseTime(logged);
  return time !== undefined && other !== undefined && Math.abs(time - other) > FAR_MS;
}
