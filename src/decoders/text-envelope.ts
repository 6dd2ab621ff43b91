import type { JsonObject } from '../base/json.ts';
import { ownValue, valueAt } from '../base/json.ts';

// Where shippers of log lines put the line: Filebeat, Fluent Bit, Elastic Agent, Log Analytics' Syslog table.
const TEXTS: readonly (readonly string[])[] = [
  ['message'],
  ['log'],
  ['event', 'original'],
  ['SyslogMessage'],
  ['MESSAGE'],
];

// And who sent it, the machine itself before its shipper.
const SENDERS: readonly (readonly string[])[] = [
  ['host', 'name'],
  ['host', 'hostname'],
  ['Computer'],
  ['HostName'],
  ['hostname'],
  ['host'],
  ['_HOSTNAME'],
  ['agent', 'hostname'],
];

/** The line of text inside an envelope of JSON, and the machine that it came from. */
export function textInside(
  object: JsonObject,
): { readonly text: string; readonly sender: string | undefined } | undefined {
  const text = firstText(object, TEXTS);
  return text === undefined ? undefined : { text, sender: firstText(object, SENDERS) };
}

function firstText(object: JsonObject, paths: readonly (readonly string[])[]): string | undefined {
  for (const path of paths) {
    const [name = ''] = path;
    const value = path.length === 1 ? ownValue(object, name) : valueAt(object, path);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
