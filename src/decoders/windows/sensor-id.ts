import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import type { WindowsLayout } from './layout.ts';

type SensorId = (whole: JsonObject) => string | undefined;

const byLayout = new Map<WindowsLayout, SensorId>();

/** What makes the id that the log gave an event: its channel, and its number there. One for each layout. */
export function sensorIdIn(layout: WindowsLayout): SensorId {
  let make = byLayout.get(layout);
  if (make === undefined) {
    make = (whole): string | undefined => {
      const recordId = textOf(layout.recordId(whole));
      const channel = textOf(layout.channel(whole)) ?? '';
      return recordId === undefined ? undefined : `${channel}/${recordId}`;
    };
    byLayout.set(layout, make);
  }
  return make;
}
