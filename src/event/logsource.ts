/**
 * Which Sigma log sources an event belongs to. One event can serve several categories (Sysmon 13 is
 * `registry_set` and `registry_event`). Values are interned: equal log sources are the same object, so that
 * the engine can keep a program per object.
 */
export interface Logsource {
  readonly product: string | undefined;
  readonly categories: readonly string[];
  readonly services: readonly string[];
}

const interned = new Map<string, Logsource>();

/** Returns the one shared object for these values. Called when decoders load, with constants only. */
export function logsource(
  product: string | undefined,
  categories: readonly string[],
  services: readonly string[],
): Logsource {
  const key = JSON.stringify([product, categories, services]);
  let value = interned.get(key);
  if (value === undefined) {
    value = Object.freeze({
      product,
      categories: Object.freeze([...categories]),
      services: Object.freeze([...services]),
    });
    interned.set(key, value);
  }
  return value;
}

/** Every log source that a loaded decoder can give an event. */
export function knownLogsources(): readonly Logsource[] {
  return [...interned.values()];
}

/** What a rule asks of a log source: every attribute that is set must fit (Sigma's containment semantics). */
export interface LogsourcePattern {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

/** True if an event of this log source is in the rule's reach. */
export function fitsLogsource(pattern: LogsourcePattern, event: Logsource): boolean {
  return (
    (pattern.product === undefined || pattern.product === event.product) &&
    (pattern.category === undefined || event.categories.includes(pattern.category)) &&
    (pattern.service === undefined || event.services.includes(pattern.service))
  );
}
