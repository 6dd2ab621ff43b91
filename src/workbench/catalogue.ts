import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createEnrichments } from '../enrichment/index.ts';
import type { LogsourcePattern } from '../event/logsource.ts';
import type { Policy } from '../policy/policy.ts';

/** Which fields sensors fill, as schemas/fields.json has them. */
interface FieldCatalogue {
  /** Log source, then field, then the sensors that are known to fill it, with blanks between. */
  readonly logsources: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A field of a log source. */
export interface KnownField {
  readonly name: string;
  readonly sensors: readonly string[];
  readonly isComputed: boolean;
}

// What is computed does not depend on it.
const NO_POLICY: Policy = { agent: () => undefined, list: () => undefined };

let catalogue: FieldCatalogue | undefined;

function known(): FieldCatalogue {
  const path = join(import.meta.dirname, '../../schemas/fields.json');
  return (catalogue ??= JSON.parse(readFileSync(path, 'utf8')) as FieldCatalogue);
}

let computed: readonly string[] | undefined;

/** The fields that enrichments compute, for events of every log source. */
export function computedFields(): readonly string[] {
  if (computed !== undefined) return computed;
  const { derivations, trackers } = createEnrichments(NO_POLICY);
  const fields = [...derivations, ...trackers].flatMap((each) => each.fields);
  return (computed = [...new Set(fields)].toSorted());
}

/** The log sources of the catalogue that a rule's log source may mean. */
function fitting({ product, category, service }: LogsourcePattern): readonly string[] {
  const keys = Object.keys(known().logsources);
  if (category !== undefined) return keys.filter((key) => key === category);
  if (service !== undefined) {
    return keys.filter((key) => key === service || key.endsWith(`/${service}`));
  }
  return keys.filter((key) => key === product || key.startsWith(`${product ?? ''}/`));
}

/** The fields that a rule of this log source can read, those that sensors fill first. */
export function fieldsOfLogsource(logsource: LogsourcePattern): readonly KnownField[] {
  const fields = new Map<string, Set<string>>();
  for (const key of fitting(logsource)) {
    for (const [name, sensors] of Object.entries(known().logsources[key] ?? {})) {
      const all = fields.get(name) ?? new Set();
      for (const sensor of sensors.split(' ')) if (sensor !== '') all.add(sensor);
      fields.set(name, all);
    }
  }
  const reported = [...fields].map(([name, sensors]) => ({
    name,
    sensors: [...sensors].sort(),
    isComputed: false,
  }));
  const made = computedFields().map((name) => ({ name, sensors: [], isComputed: true }));
  return [...reported.sort((a, b) => b.sensors.length - a.sensors.length), ...made];
}

/** True if a sensor or an enrichment may fill the field, or nothing is known of the log source. */
export function isKnownField(field: string, logsource: LogsourcePattern): boolean {
  // Whole products are too wide for a list: their rules read what their service happens to have.
  if (logsource.category === undefined) return true;
  if (fitting(logsource).length === 0 || field.includes('.')) return true;
  return fieldsOfLogsource(logsource).some(({ name }) => name === field);
}
