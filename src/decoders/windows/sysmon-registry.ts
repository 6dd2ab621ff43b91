import type { JsonObject } from '../../base/json.ts';
import { ownValue } from '../../base/json.ts';

// NXLog's severities, which it writes into `EventType` over the event's own.
const SEVERITIES: ReadonlySet<string> = new Set([
  'INFO',
  'WARNING',
  'ERROR',
  'VERBOSE',
  'CRITICAL',
  'AUDIT_SUCCESS',
  'AUDIT_FAILURE',
]);

const MARK = 'EventType: ';

/** Sysmon's `EventType`; where a shipper wrote over it or left it out, from the rendered message. */
export function registryEventType(data: JsonObject): string | undefined {
  const type = ownValue(data, 'EventType');
  if (typeof type === 'string' && !SEVERITIES.has(type)) return type;
  const message = ownValue(data, 'Message');
  if (typeof message !== 'string') return undefined;
  const start = message.indexOf(MARK);
  if (start === -1) return undefined;
  const end = message.indexOf('\n', start);
  return message.slice(start + MARK.length, end === -1 ? undefined : end).trim();
}
