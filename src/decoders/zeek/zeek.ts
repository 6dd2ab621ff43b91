import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { first } from '../../event/reader.ts';
import type { FormatFamily } from '../format.ts';
import { timeOf } from '../moment.ts';
import { alone } from '../records.ts';
import type { ObjectFormat } from '../records.ts';
import { machineOf, zeekShape } from './kinds.ts';
import { zeekSensor } from './senses.ts';

const lines: ObjectFormat = {
  recognises: (object) => logOf(object) !== undefined,
  event(object, place) {
    const { path, data } = logOf(object) ?? { path: '', data: object };
    const host = machineOf(data);
    if (host === undefined) return { reason: 'missing_field', detail: 'id.orig_h' };
    const time = timeOf(happened, data, place.record);
    if (typeof time !== 'number') return time;
    return new FieldEvent({
      shape: zeekShape(path),
      data,
      whole: object,
      time,
      host,
      sensorId: undefined,
      isUnpacked: false,
      ...place,
    });
  },
};

/** Zeek's logs as JSON. */
export const zeek: FormatFamily = {
  name: 'zeek',
  description: 'Zeek logs as JSON (conn, dns, http, ssl, files, smtp and others)',
  sensors: [zeekSensor],
  json: [alone(lines)],
};

// The plugin for Kafka can put a line below the name of its log.
const NESTED: readonly string[] = ['conn', 'dns', 'http', 'ssl', 'files', 'smtp', 'smb_files'];

function logOf(
  object: JsonObject,
): { readonly path: string; readonly data: JsonObject } | undefined {
  const path = ownValue(object, '_path') ?? ownValue(object, '@stream');
  if (typeof path === 'string') {
    return ownValue(object, 'ts') === undefined ? undefined : { path, data: object };
  }
  for (const name of NESTED) {
    const data = ownValue(object, name);
    if (isJsonObject(data) && ownValue(data, 'ts') !== undefined) return { path: name, data };
  }
  return undefined;
}

// Seconds since the epoch, or ISO 8601, as the writer is set.
const happened = { read: first('ts') };
