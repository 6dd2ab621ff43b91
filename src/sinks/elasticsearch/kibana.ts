import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

import { Failure } from '../../base/failure.ts';
import { readFailure } from '../file-failure.ts';
import { savedObjectsText } from './saved-objects.ts';

export interface KibanaSettings {
  readonly url: string;
  readonly space?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly caFile?: string | undefined;
}

/** What Kibana says of an import. */
export interface KibanaImport {
  readonly imported: number;
}

const PATIENCE_MS = 30_000;

/** Imports our saved objects, over those of an earlier import. */
export async function importSavedObjects(settings: KibanaSettings): Promise<KibanaImport> {
  const answer = await post(settings, savedObjectsText());
  const body = parsed(answer.body);
  if (answer.status === 200 && body.success === true) return { imported: body.successCount ?? 0 };
  const error = body.errors?.[0];
  const why =
    error === undefined
      ? (body.message ?? `it answers ${answer.status}`)
      : `${error.type ?? ''} ${error.id ?? ''}: ${error.error?.type ?? 'refused'}`;
  throw new Failure('peer_refused', {
    message: `${settings.url}: Kibana did not take the saved objects: ${why}${hintFor(answer.status)}`,
    retryable: false,
  });
}

interface ImportAnswer {
  readonly success?: boolean;
  readonly successCount?: number;
  readonly message?: string;
  readonly errors?: readonly {
    readonly id?: string;
    readonly type?: string;
    readonly error?: { readonly type?: string };
  }[];
}

function parsed(body: string): ImportAnswer {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function hintFor(status: number): string {
  if (status === 401) return '; give --api-key, or --username and --password';
  if (status === 403) return '; the rights to saved objects of this space are missing';
  return status === 404 ? '; is this the address of Kibana, and does the space exist?' : '';
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function post(settings: KibanaSettings, file: string): Promise<Answer> {
  const { url, space, caFile } = settings;
  const prefix = space === undefined ? '' : `/s/${encodeURIComponent(space)}`;
  const base = url.replace(/\/+$/, '');
  const address = new URL(`${base}${prefix}/api/saved_objects/_import?overwrite=true`);
  const boundary = `tidegate-${randomBytes(12).toString('hex')}`;
  const body =
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="tidegate.ndjson"\r\n` +
    `content-type: application/ndjson\r\n\r\n${file}\r\n--${boundary}--\r\n`;
  const options: RequestOptions = {
    method: 'POST',
    timeout: PATIENCE_MS,
    headers: {
      'kbn-xsrf': 'true',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': Buffer.byteLength(body),
      ...authorization(settings),
    },
    ...(caFile === undefined ? {} : { ca: authority(caFile) }),
  };
  const request = address.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new Failure('peer_unreachable', {
          message: `${settings.url}: Kibana does not answer: ${cause.message}`,
          retryable: true,
          cause,
        }),
      );
    const asked = request(address, options, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
        failed,
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('it took too long')));
    asked.on('error', failed);
    asked.end(body);
  });
}

function authorization({ apiKey, username, password }: KibanaSettings): { authorization?: string } {
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey}` };
  if (username === undefined) return {};
  const pair = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

function authority(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw readFailure(path, cause);
  }
}
