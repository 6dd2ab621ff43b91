import type { JsonSchema } from '../../base/schema.ts';
import { settingsSchema } from '../settings.ts';

/** How to reach a cluster, as the configuration gives it. */
export interface ElasticsearchSettings {
  /** One address or several nodes of one cluster. */
  readonly url: string | readonly string[];
  readonly api_key?: string;
  readonly username?: string;
  readonly password?: string;
  /** Path of a PEM file with the certificate authority. */
  readonly ca_file?: string;
  /** Major version of the server whose dialect is spoken. */
  readonly compat?: 8 | 9;
  readonly request_timeout_ms?: number;
  /** Bulk requests under way at the same time. */
  readonly concurrency?: number;
  readonly body_bytes_max?: number;
}

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

const address = { type: 'string', pattern: '^https?://[^/]+/?' };

/** What a configuration may say of a cluster. */
export const ELASTICSEARCH_SETTINGS: JsonSchema = settingsSchema(
  {
    url: {
      description: 'address of the cluster, or a list of its nodes',
      anyOf: [address, { type: 'array', items: address, minItems: 1, maxItems: 100 }],
    },
    api_key: text('API key, in the encoded form that Kibana shows'),
    username: text('user, for basic authentication'),
    password: text('password, for basic authentication'),
    ca_file: text('PEM file of the authority that signed the server certificate'),
    compat: {
      enum: [8, 9],
      default: 9,
      description: 'major version of the server: 8 for servers of 8.x',
    },
    request_timeout_ms: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      description: 'how long to wait for an answer',
    },
    concurrency: {
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 2,
      description: 'bulk requests under way at the same time',
    },
    body_bytes_max: {
      type: 'integer',
      minimum: 10_000,
      maximum: 50_000_000,
      default: 5_000_000,
      description: 'size of a bulk request',
    },
  },
  ['url'],
);
