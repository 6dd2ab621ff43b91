import type { JsonObject } from '../../base/json.ts';

/** The columns of a line of text by their names, as the data of an event. The first of two equal names counts. */
export function namedColumns(names: readonly string[], columns: readonly string[]): JsonObject {
  const data: Record<string, string> = Object.create(null) as Record<string, string>;
  names.forEach((name, index) => {
    const value = columns[index];
    if (value !== undefined) data[name] ??= value;
  });
  return data;
}
