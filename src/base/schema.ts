import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';

/** A JSON schema of draft 2020-12, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a value breaks. `path` holds the keys and indexes from the root to the value that is meant. */
export interface SchemaProblem {
  readonly path: readonly string[];
  readonly message: string;
}

const options = {
  allErrors: true,
  // A misspelt keyword of a schema is our bug; asking for a key in one branch of a choice is none.
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
};

/** A check of values against one schema, which is compiled when the first value comes. */
export class SchemaCheck {
  readonly #schema: JsonSchema;
  #validate: ValidateFunction | undefined;

  constructor(schema: JsonSchema) {
    this.#schema = schema;
  }

  /** All that is wrong with the value; it must be JSON data. */
  problems(value: unknown): readonly SchemaProblem[] {
    this.#validate ??= new Ajv2020(options).compile(this.#schema);
    if (this.#validate(value)) return [];
    const errors = this.#validate.errors ?? [];
    // Of a choice only the choice itself is told: why each branch fails would be noise.
    const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
    return errors
      .filter((error) => !choices.some((choice) => isInside(error, choice)))
      .map((error) => ({ path: pathOf(error), message: messageOf(error) }));
  }
}

function isInside(error: ErrorObject, choice: ErrorObject): boolean {
  return error !== choice && error.schemaPath.startsWith(`${choice.schemaPath}/`);
}

function pathOf({ instancePath, keyword, params }: ErrorObject): readonly string[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const extra = keyword === 'additionalProperties' ? String(params['additionalProperty']) : '';
  return extra === '' ? path : [...path, extra];
}

function messageOf({ keyword, params, message = 'is not allowed' }: ErrorObject): string {
  const allowed: unknown = params['allowedValues'];
  if (keyword === 'enum' && Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  if (keyword === 'additionalProperties') return 'is not a known key';
  if (keyword === 'anyOf' || keyword === 'oneOf') return 'has none of the allowed forms';
  return message;
}
