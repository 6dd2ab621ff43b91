import type { TelemetryEvent } from '../../event/event.ts';
import type { LogsourcePattern } from '../../event/logsource.ts';
import { fieldsOfLogsource } from '../catalogue.ts';
import { plainValue, type FieldTest } from '../sigma-text.ts';
import { firstText } from '../subject-of.ts';

/** The fields that say most of an event, by its category. */
const TELLING: ReadonlyMap<string, readonly string[]> = new Map([
  ['process_creation', ['Image', 'CommandLine']],
  ['network_connection', ['Image', 'DestinationHostname', 'DestinationIp']],
  ['dns_query', ['Image', 'QueryName']],
  ['file_access', ['Image', 'TargetFilename']],
  ['file_event', ['Image', 'TargetFilename']],
  ['file_delete', ['Image', 'TargetFilename']],
  ['image_load', ['Image', 'ImageLoaded']],
  ['proxy', ['cs-host', 'c-uri']],
]);

const SHOWN_MAX = 40;

/** The log source that a rule for this event has. */
export function logsourceOf({ logsource }: TelemetryEvent): LogsourcePattern {
  const { product, categories, services } = logsource;
  const [category] = categories;
  const [service] = services;
  const named =
    category === undefined ? { ...(service === undefined ? {} : { service }) } : { category };
  return { ...(product === undefined ? {} : { product }), ...named };
}

/** The fields of the event that rules can ask for, with their values, the telling ones first. */
export function fieldsOfEvent(event: TelemetryEvent): ReadonlyMap<string, string> {
  const pattern = logsourceOf(event);
  const telling = TELLING.get(pattern.category ?? '') ?? ['Image'];
  const known = fieldsOfLogsource(pattern).filter(({ isComputed }) => !isComputed);
  const names = [...telling, ...known.map(({ name }) => name)];
  const fields = new Map<string, string>();
  for (const name of names) {
    const text = firstText(event.get(name));
    if (text !== undefined && text !== '' && fields.size < SHOWN_MAX) fields.set(name, text);
  }
  return fields;
}

/** What is asked for where nobody chooses: the program, and the first option of its command line. */
export function tellingFields(event: TelemetryEvent): readonly string[] {
  const fields = fieldsOfEvent(event);
  const telling = TELLING.get(logsourceOf(event).category ?? '') ?? [];
  const there = telling.flatMap((field) => {
    const value = fields.get(field);
    if (value === undefined) return [];
    if (field !== 'CommandLine') return [field];
    // A whole command line is hardly ever written twice.
    const option = /\s(--?[A-Za-z][A-Za-z0-9_-]*|\/[A-Za-z]+)(?=[\s=:]|$)/.exec(value)?.[1];
    return option === undefined ? [] : [`CommandLine|contains= ${option}`];
  });
  return there.length > 0 ? there.slice(0, 2) : [...fields.keys()].slice(0, 2);
}

/**
 * The test that a choice stands for: `Image` alone asks for the event's own program, `CommandLine|contains= -T `
 * for what is behind the `=`.
 */
export function testOf(choice: string, fields: ReadonlyMap<string, string>): FieldTest | string {
  const at = choice.indexOf('=');
  const key = at < 0 ? choice : choice.slice(0, at);
  const [field = ''] = key.split('|');
  const own = fields.get(field);
  if (at >= 0) return { key, values: [plainValue(choice.slice(at + 1))] };
  if (own === undefined) return `the event has no field "${field}"`;
  if (key.includes('|')) return { key, values: [plainValue(own)] };
  // A program is the same wherever it is installed.
  const isImage = field === 'Image' || field === 'ParentImage';
  const separator = Math.max(own.lastIndexOf('/'), own.lastIndexOf('\\'));
  if (!isImage || separator < 0) return { key: field, values: [plainValue(own)] };
  return { key: `${field}|endswith`, values: [plainValue(own.slice(separator))] };
}
