import { assert } from '../base/assert.ts';
import { SchemaCheck, type JsonSchema } from '../base/schema.ts';
import type { SinkSettings } from './sink.ts';

/** The schema of a kind's settings: these keys, the named ones required, no others. */
export function settingsSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/**
 * Settings as the type that their schema describes. The configuration's schema contains the kind's,
 * so what does not fit here is a bug of the caller.
 */
export function checkedSettings<S>(schema: JsonSchema, settings: SinkSettings): S {
  const [problem] = new SchemaCheck(schema).problems(settings);
  assert(problem === undefined, `settings: ${problem?.path.join('.')}: ${problem?.message}`);
  return settings as S;
}
