import type { Logsource } from '../../../src/event/logsource.ts';
import { eventsOf, fixtures } from '../../decoders/fixtures.ts';

/** Log source, then field, then the sensors that fill it, each in order of its name. */
export type FieldTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The names under which the catalogue keeps a log source: its categories, else product and service. */
export function catalogueKeys({ product, categories, services }: Logsource): readonly string[] {
  if (categories.length > 0) return categories;
  return services.map((service) => (product === undefined ? service : `${product}/${service}`));
}

/** What the events of the fixtures answer, of the names that the table has. */
export function seenFields(table: FieldTable): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const { decoder, lines } of fixtures()) {
    for (const event of eventsOf(decoder, lines)) {
      for (const key of catalogueKeys(event.logsource)) {
        const fields = found.get(key) ?? new Map<string, Set<string>>();
        found.set(key, fields);
        for (const field of Object.keys(table[key] ?? {})) {
          if (event.get(field) === undefined) continue;
          fields.set(field, (fields.get(field) ?? new Set()).add(event.sensor));
        }
      }
    }
  }
  return new Map(
    [...found].map(([key, fields]) => [
      key,
      new Map([...fields].map(([field, sensors]) => [field, [...sensors].sort().join(' ')])),
    ]),
  );
}
