import type { Context } from 'hono';

import { SchemaCheck, type JsonSchema } from '../../base/schema.ts';
import { problem } from '../access/guard.ts';

const BODY_BYTES_MAX = 256 * 1024;

const checks = new WeakMap<JsonSchema, SchemaCheck>();

/** The JSON body of a request, of this form; or the answer that says what is wrong with it. */
export async function readBody(context: Context, schema: JsonSchema): Promise<unknown> {
  if (!(context.req.header('content-type') ?? '').startsWith('application/json')) {
    return problem(context, 400, 'the body must be JSON (content-type: application/json)');
  }
  // Node reads no more than was announced, and what was not announced is not read at all.
  const length = Number(context.req.header('content-length') ?? Number.NaN);
  if (!(length <= BODY_BYTES_MAX)) {
    return problem(context, 413, `a body has a content-length of at most ${BODY_BYTES_MAX} bytes`);
  }
  let value: unknown;
  try {
    value = await context.req.json();
  } catch {
    return problem(context, 400, 'the body is no JSON');
  }
  let check = checks.get(schema);
  if (check === undefined) checks.set(schema, (check = new SchemaCheck(schema)));
  const [first] = check.problems(value);
  if (first === undefined) return value;
  return problem(context, 400, `${first.path.join('.') || 'the body'} ${first.message}`);
}
