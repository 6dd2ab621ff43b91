import type { JsonSchema } from '../../base/schema.ts';
import { statuses } from '../header.ts';
import { levels } from '../level.ts';

const uuid = '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$';
const day = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$';

/** Texts that differ from each other. */
export const textSet: JsonSchema = { type: 'array', uniqueItems: true, items: { type: 'string' } };

/** A text, or texts that differ from each other. */
export const textOrSet: JsonSchema = { anyOf: [{ type: 'string' }, textSet] };

/** A whole number and its unit. */
export const timespan: JsonSchema = {
  type: 'string',
  pattern: '^[1-9][0-9]*[smhdwMy]$',
  description: 'A whole number and s, m, h, d, w, M (month) or y, as in 15m.',
};

/** Which events a rule is about. */
export const logsource: JsonSchema = {
  type: 'object',
  description: 'Which events the rule is about; at least one of category, product and service.',
  minProperties: 1,
  properties: {
    category: { type: 'string', description: 'A kind of event, as process_creation.' },
    product: { type: 'string', description: 'A system, as windows.' },
    service: { type: 'string', description: 'A log of the product, as sshd.' },
    definition: { type: 'string', description: 'What must be configured, for people.' },
  },
  anyOf: [{ required: ['category'] }, { required: ['product'] }, { required: ['service'] }],
};

/** The keys that detections, correlations and filters share. */
export const headerProperties: JsonSchema = {
  title: { type: 'string', maxLength: 256, description: 'What the rule finds, in a few words.' },
  id: { type: 'string', pattern: uuid, description: 'A UUID that no other rule has.' },
  name: { type: 'string', maxLength: 256, description: 'A name for correlations to refer to.' },
  related: {
    type: 'array',
    items: {
      type: 'object',
      required: ['id', 'type'],
      properties: {
        id: { type: 'string', pattern: uuid },
        type: { enum: ['derived', 'obsolete', 'merged', 'renamed', 'similar', 'correlation'] },
      },
    },
  },
  taxonomy: {
    type: 'string',
    maxLength: 256,
    description: "Whose field names; sigma's if absent.",
  },
  status: { enum: statuses, description: 'How far the rule is proven.' },
  description: { type: 'string', maxLength: 65_535 },
  license: { type: 'string', description: 'An SPDX identifier.' },
  references: textSet,
  author: { type: 'string' },
  date: { type: 'string', pattern: day, description: 'YYYY-MM-DD' },
  modified: { type: 'string', pattern: day, description: 'YYYY-MM-DD' },
  fields: { ...textSet, description: 'Fields that the alert shows.' },
  falsepositives: { ...textOrSet, description: 'What may fire the rule wrongly.' },
  level: { enum: levels, description: 'How grave a match is; informational opens no alert.' },
  tags: {
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', pattern: '^[a-z0-9_-]+\\.[a-z0-9._-]+$' },
    description: 'namespace.value, as attack.t1048.',
  },
  scope: { type: 'array', items: { type: 'string', minLength: 2 } },
};

/** Our extension. */
export const suppress: JsonSchema = {
  description: 'Extension of Tidegate: further alerts of the same key are counted, not sent.',
  anyOf: [
    timespan,
    {
      type: 'object',
      required: ['duration'],
      properties: { duration: timespan, by: textOrSet },
      additionalProperties: false,
    },
  ],
};

/** Our extension. */
export const missingFields: JsonSchema = {
  enum: ['drop', 'group'],
  description: 'Extension of Tidegate: whether events without a group field are left out.',
};
