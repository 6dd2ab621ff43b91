import { parseTime } from '../../base/date.ts';
import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { RawRecord } from '../../event/record.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { NO_TIME } from '../time.ts';
import { santaEventOf, santaShape } from './santa-kinds.ts';
import { santaSensor } from './senses.ts';

// One message a line, its event under the event's name.
const message: JsonFormat = {
  recognises: (object) =>
    typeof ownValue(object, 'machine_id') === 'string' &&
    typeof ownValue(object, 'event_time') === 'string' &&
    santaEventOf(object) !== undefined,
  decode(object, record, _isPlain, emit) {
    const found = santaEventOf(object);
    if (found === undefined) return { reason: 'unknown_format', detail: 'no event of Santa' };
    const text = ownValue(object, 'event_time');
    const time = typeof text === 'string' ? parseTime(text) : undefined;
    if (time === undefined) {
      return { reason: 'invalid_time', detail: typeof text === 'string' ? text.slice(0, 40) : '' };
    }
    const machine = ownValue(object, 'machine_id');
    const host = typeof machine === 'string' && machine !== '' ? machine : hostOfRecord(record);
    emitEvent({ ...found, whole: object, time, host, record }, emit);
    return undefined;
  },
};

// Names of events as recordings of single events use them; variants of an event have longer names.
const RECORDED: readonly (readonly [prefix: string, name: string])[] = [
  ['exec', 'execution'],
  ['tcc_modify', 'tcc_modification'],
  ['file_access', 'file_access'],
  ['cs_invalidated', 'codesigning_invalidated'],
  ['gatekeeper', 'gatekeeper_override'],
  ['launch_item', 'launch_item'],
  ['login_', 'login_logout'],
  ['lw_session', 'login_window_session'],
  ['openssh', 'open_ssh'],
  ['screensharing', 'screen_sharing'],
  ['xp_', 'xprotect'],
  ['authentication', 'authentication'],
  ['proc_suspend_resume', 'proc_suspend_resume'],
];

// An event without its message, so without machine and time.
const recording: JsonFormat = {
  recognises: (object) =>
    typeof ownValue(object, 'event') === 'string' && isJsonObject(ownValue(object, 'santa')),
  decode(object, record, _isPlain, emit) {
    const event = ownValue(object, 'santa');
    const recorded = ownValue(object, 'event');
    if (!isJsonObject(event) || typeof recorded !== 'string') {
      return { reason: 'unknown_format', detail: 'no event of Santa' };
    }
    const known = RECORDED.find(([prefix]) => recorded.startsWith(prefix));
    const name = recorded === 'exchangedata' ? recorded : (known?.[1] ?? recorded);
    const time = record.recordTime ?? NO_TIME;
    const host = hostOfRecord(record);
    emitEvent({ name, event, whole: object, time, host, record }, emit);
    return undefined;
  },
};

interface FoundEvent {
  readonly name: string;
  readonly event: JsonObject;
  readonly whole: JsonObject;
  readonly time: number;
  readonly host: string;
  readonly record: RawRecord;
}

function emitEvent(found: FoundEvent, emit: (event: TelemetryEvent) => void): void {
  emit(
    new FieldEvent({
      shape: santaShape(found.name, found.event),
      data: found.event,
      whole: found.whole,
      time: found.time,
      host: found.host,
      sensorId: undefined,
      isUnpacked: false,
      // Arguments are base64.
      isPlain: false,
      record: found.record,
      index: 0,
    }),
  );
}

/** Santa's telemetry as JSON. */
export const santa: FormatFamily = {
  name: 'santa',
  description: 'Santa telemetry as JSON (macOS)',
  sensors: [santaSensor],
  json: [message, recording],
};
