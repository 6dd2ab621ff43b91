import { parseTime } from '../../base/date.ts';
import { isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { esloggerShape } from './eslogger-kinds.ts';
import { esloggerSensor } from './senses.ts';

const endpointSecurity: JsonFormat = {
  recognises: (object) =>
    typeof ownValue(object, 'event_type') === 'number' &&
    isJsonObject(ownValue(object, 'event')) &&
    isJsonObject(valueAt(object, ['process', 'audit_token'])),
  decode(object, record, isPlain, emit) {
    const text = ownValue(object, 'time');
    const time = typeof text === 'string' ? parseTime(text) : undefined;
    if (time === undefined) {
      return { reason: 'invalid_time', detail: typeof text === 'string' ? text.slice(0, 40) : '' };
    }
    // Jamf Protect names the machine; eslogger writes to its own standard output.
    const named = valueAt(object, ['host', 'hostname']);
    const host = typeof named === 'string' && named !== '' ? named : hostOfRecord(record);
    emit(
      new FieldEvent({
        shape: esloggerShape(object),
        data: object,
        whole: object,
        time,
        host,
        sensorId: undefined,
        isUnpacked: false,
        isPlain,
        record,
        index: 0,
      }),
    );
    return undefined;
  },
};

/** Apple's Endpoint Security as JSON. */
export const eslogger: FormatFamily = {
  name: 'eslogger',
  description: 'macOS Endpoint Security as JSON (eslogger, Jamf Protect telemetry)',
  sensors: [esloggerSensor],
  json: [endpointSecurity],
};
