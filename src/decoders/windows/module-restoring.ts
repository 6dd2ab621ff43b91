import { valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/** An event whose fields are put back under their own names. */
export interface Restoring {
  readonly record: JsonObject;
  readonly id: number;
  /** The event's own fields so far. */
  readonly fields: Record<string, JsonValue>;
}

/** Fields of the event, and where a module put each of them. */
export type Names = readonly (readonly [name: string, path: readonly string[]])[];

/** From the paths with dots. */
export function names(paths: Readonly<Record<string, string>>): Names {
  return Object.entries(paths).map(([name, path]) => [name, path.split('.')]);
}

/** Puts a field back, unless the event still has it or the module had nothing to move. */
export function put({ fields }: Restoring, name: string, value: JsonValue | undefined): void {
  if (value === undefined || value === null || value === '') return;
  if (!Object.hasOwn(fields, name)) fields[name] = value;
}

/** Puts all of these back. */
export function putAll(restoring: Restoring, moved: Names): void {
  for (const [name, path] of moved) put(restoring, name, valueAt(restoring.record, path));
}

/** `DOMAIN\name`, as events have it in one field. */
export function userIn(record: JsonObject): string | undefined {
  const name = valueAt(record, ['user', 'name']);
  const domain = valueAt(record, ['user', 'domain']);
  if (typeof name !== 'string') return undefined;
  return typeof domain === 'string' ? `${domain}\\${name}` : name;
}
