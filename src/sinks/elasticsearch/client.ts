import { readFileSync } from 'node:fs';
import { Client, Transport, type ClientOptions } from '@elastic/elasticsearch';
import { readFailure } from '../file-failure.ts';
import type { ElasticsearchSettings } from './settings.ts';

export const REQUEST_TIMEOUT_MS = 30_000;

type TransportOptions = ConstructorParameters<typeof Transport>[0];

/**
 * The client of version 9 asks for answers `compatible-with=9`, which a server of 8.x refuses
 * (elastic/elasticsearch-js#2909); this one asks in the words of 8.
 */
class TransportOf8 extends Transport {
  constructor(options: TransportOptions) {
    const json = 'application/vnd.elasticsearch+json; compatible-with=8';
    super({
      ...options,
      vendoredHeaders: {
        jsonContentType: json,
        ndjsonContentType: 'application/vnd.elasticsearch+x-ndjson; compatible-with=8',
        accept: `${json},text/plain`,
      },
    });
  }
}

/**
 * A client that never tries again by itself: whoever calls knows which requests may be repeated.
 */
export function createClient(settings: ElasticsearchSettings): Client {
  const { url, ca_file: caFile, compat = 9 } = settings;
  const options: ClientOptions = {
    nodes: typeof url === 'string' ? [url] : [...url],
    maxRetries: 0,
    requestTimeout: settings.request_timeout_ms ?? REQUEST_TIMEOUT_MS,
    name: 'tidegate',
    ...authOf(settings),
    ...(caFile === undefined ? {} : { tls: { ca: readAuthority(caFile) } }),
    ...(compat === 8 ? { Transport: TransportOf8 } : {}),
  };
  return new Client(options);
}

function authOf({ api_key: apiKey, username, password }: ElasticsearchSettings): ClientOptions {
  if (apiKey !== undefined) return { auth: { apiKey } };
  if (username === undefined) return {};
  return { auth: { username, password: password ?? '' } };
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

/** The address without credentials, for people. */
export function addressOf({ url }: ElasticsearchSettings): string {
  const [first = ''] = typeof url === 'string' ? [url] : url;
  const { protocol, host } = new URL(first);
  return `${protocol}//${host}`;
}
