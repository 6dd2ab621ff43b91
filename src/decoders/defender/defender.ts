import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { at, either, first } from '../../event/reader.ts';
import type { FormatFamily } from '../format.ts';
import { timeOf } from '../moment.ts';
import { alone, listed } from '../records.ts';
import type { ObjectFormat } from '../records.ts';
import { defenderKind, tenantKind } from './kinds.ts';
import { productOf } from './product.ts';
import { defenderSensor } from './senses.ts';

const CATEGORY = 'AdvancedHunting-';

const rows: ObjectFormat = {
  recognises(object) {
    const category = ownValue(object, 'category');
    return (
      typeof category === 'string' &&
      category.startsWith(CATEGORY) &&
      isJsonObject(ownValue(object, 'properties'))
    );
  },
  event(object, place) {
    const category = textOf(ownField(object, 'category')) ?? '';
    const row = ownValue(object, 'properties');
    if (!isJsonObject(row)) return { reason: 'wrong_type', detail: 'properties' };
    const named = textOf(device(row));
    const host = named ?? textOf(tenant(object));
    if (host === undefined) return { reason: 'missing_field', detail: 'DeviceName' };
    const time = timeOf(happened, object, place.record);
    if (typeof time !== 'number') return time;
    return new FieldEvent({
      shape:
        named === undefined
          ? tenantKind.unknown
          : defenderKind(category.slice(CATEGORY.length), row)[productOf(row)],
      data: row,
      whole: object,
      time,
      host,
      sensorId: reportId(category, row),
      isUnpacked: false,
      ...place,
    });
  },
};

/** Microsoft Defender XDR's streaming of its tables of advanced hunting. */
export const defender: FormatFamily = {
  name: 'defender',
  description: 'Microsoft Defender XDR streaming (AdvancedHunting-*), alone or in records[]',
  sensors: [defenderSensor],
  json: [alone(rows), listed(rows)],
};

const device = first('DeviceName', 'DeviceId');
const tenant = first('tenantId', 'Tenant');
// When it happened; the envelope's own time is when it was published.
const happened = { read: either(at('properties.Timestamp'), first('time')) };

// Reports are numbered by each table of a device.
function reportId(category: string, row: JsonObject): string | undefined {
  const id = textOf(ownField(row, 'ReportId'));
  return id === undefined ? undefined : `${category}/${id}`;
}
