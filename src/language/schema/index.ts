// Written for this project from the text of the Sigma specification v2.1.0 (SigmaHQ/sigma-specification:
// rules, correlations, filters). The schemas that SigmaHQ publishes describe v2.0 and refuse documents that
// the specification allows: lists of conditions, value_sum and its like, expressions over rules.
import type { JsonSchema } from '../../base/schema.ts';
import { correlationTypes } from '../correlation.ts';
import {
  headerProperties,
  logsource,
  missingFields,
  suppress,
  textOrSet,
  timespan,
} from './header.ts';

const draft = 'https://json-schema.org/draft/2020-12/schema';

const scalar = { type: ['string', 'number', 'boolean', 'null'] };
const item = { anyOf: [scalar, { type: 'array', items: scalar }] };
const fieldTests = { type: 'object', minProperties: 1, additionalProperties: item };
const selection = {
  description:
    'Field tests that must all hold, or a list of which one must: field tests or keywords.',
  anyOf: [
    fieldTests,
    { type: 'array', minItems: 1, items: { anyOf: [fieldTests, { type: ['string', 'number'] }] } },
    { type: ['string', 'number'] },
  ],
};
const condition = {
  description: 'Joins selections with and, or, not, parentheses and "1 of pattern*".',
  anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
};

const detection: JsonSchema = {
  $schema: draft,
  title: 'Sigma detection rule',
  type: 'object',
  required: ['title', 'logsource', 'detection'],
  properties: {
    ...headerProperties,
    logsource,
    detection: {
      type: 'object',
      required: ['condition'],
      minProperties: 2,
      properties: { condition, timeframe: { type: 'string' } },
      additionalProperties: selection,
    },
    suppress,
    missing_fields_strategy: missingFields,
  },
};

const threshold = Object.fromEntries(
  ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'].map((operator) => [operator, { type: 'number' }]),
);

const correlation: JsonSchema = {
  $schema: draft,
  title: 'Sigma correlation rule',
  type: 'object',
  required: ['title', 'correlation'],
  properties: {
    ...headerProperties,
    correlation: {
      type: 'object',
      required: ['type', 'timespan'],
      properties: {
        type: {
          enum: correlationTypes,
          description:
            'What is held against the condition; first_seen is an extension of Tidegate.',
        },
        rules: { ...textOrSet, description: 'Ids or names of rules or other correlations.' },
        'group-by': { ...textOrSet, description: 'Fields whose values tell windows apart.' },
        timespan,
        aliases: {
          type: 'object',
          description: 'A field under one name: alias, then rule, then its field.',
          additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
        },
        generate: { type: 'boolean', description: 'Whether the rules also alert on their own.' },
        condition: {
          description: 'Bounds, or for temporal types an expression over rules.',
          anyOf: [
            { type: 'string' },
            {
              type: 'object',
              minProperties: 1,
              properties: {
                ...threshold,
                field: textOrSet,
                percentile: { type: 'number', minimum: 0, maximum: 100 },
              },
              additionalProperties: false,
            },
          ],
        },
        missing_fields_strategy: missingFields,
      },
      additionalProperties: false,
    },
    suppress,
  },
};

const filter: JsonSchema = {
  $schema: draft,
  title: 'Sigma filter',
  type: 'object',
  required: ['title', 'logsource', 'filter'],
  properties: {
    ...headerProperties,
    logsource,
    filter: {
      type: 'object',
      required: ['rules', 'condition'],
      minProperties: 3,
      properties: {
        rules: { ...textOrSet, description: 'Ids or names of rules, or any.' },
        condition: { type: 'string', description: 'What an event must fulfil to match still.' },
      },
      additionalProperties: selection,
    },
  },
};

/** The JSON schemas of the documents that rule files hold, for editors and for strict checks. */
export const ruleSchemas: {
  readonly detection: JsonSchema;
  readonly correlation: JsonSchema;
  readonly filter: JsonSchema;
} = { detection, correlation, filter };
