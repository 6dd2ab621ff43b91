import { errors } from '@elastic/elasticsearch';
import { Failure } from '../../base/failure.ts';

/** What a failed request to the cluster means. */
export function requestFailure(address: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  if (!(cause instanceof errors.ElasticsearchClientError)) throw cause;
  const { code, words, retryable } = meaningOf(cause);
  return new Failure(code, { message: `${address}: ${words}`, retryable, cause });
}

/** The status of an answer, undefined when there was none. */
export function statusOf(cause: unknown): number | undefined {
  return cause instanceof errors.ResponseError ? cause.statusCode : undefined;
}

/** True if the server does not know the dialect that we speak. */
export function isOtherVersion(cause: unknown): boolean {
  return reasonOf(cause).startsWith('media_type_header_exception');
}

/** How long the server asks to wait, in ms; undefined when it does not say. */
export function retryAfterMs(cause: unknown): number | undefined {
  if (!(cause instanceof errors.ResponseError)) return undefined;
  const seconds = Number(cause.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** What the server says is wrong, shortened: it may quote a document. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof errors.ResponseError)) return describe(cause);
  const body: unknown = cause.body;
  const error: unknown = typeof body === 'object' && body !== null ? Object(body).error : body;
  if (typeof error === 'object' && error !== null) {
    const { type, reason } = Object(error);
    return [type, reason]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, 500);
  }
  const said = typeof error === 'string' && error !== '' ? `: ${error.slice(0, 500)}` : '';
  return `status ${cause.statusCode ?? '?'}${said}`;
}

interface Meaning {
  readonly code: 'peer_refused' | 'peer_unreachable' | 'store_unprepared';
  readonly words: string;
  readonly retryable: boolean;
}

function meaningOf(cause: errors.ElasticsearchClientError): Meaning {
  const refused = (words: string): Meaning => ({ code: 'peer_refused', words, retryable: false });
  if (cause instanceof errors.ProductNotSupportedError) {
    return refused('answers, but is not Elasticsearch');
  }
  if (cause instanceof errors.ConfigurationError) return refused(cause.message);
  const status = statusOf(cause);
  if (status === undefined || status === 408 || status === 429 || status >= 500) {
    const trouble = status === undefined ? certificateTrouble(cause) : undefined;
    if (trouble !== undefined) return refused(trouble);
    return { code: 'peer_unreachable', words: reasonOf(cause), retryable: true };
  }
  const reason = reasonOf(cause);
  if (isOtherVersion(cause)) {
    return refused('is a server of another major version; set compat: 8 (or 9) for it');
  }
  if (status === 401) {
    return refused(`does not accept the credentials (401); check api_key or password: ${reason}`);
  }
  if (status === 403) return refused(`the credentials lack a right (403): ${reason}`);
  if (status === 404) return { code: 'store_unprepared', words: reason, retryable: false };
  return refused(reason);
}

function describe(cause: unknown): string {
  if (cause instanceof errors.TimeoutError) return 'does not answer in time';
  const message = cause instanceof Error ? cause.message : String(cause);
  return message === '' ? 'the connection failed' : message.slice(0, 500);
}

// The client passes on the text of the TLS library and leaves its code behind.
const CERTIFICATE: readonly (readonly [RegExp, string])[] = [
  [/certificate has expired/i, 'its certificate has expired'],
  [/certificate is not yet valid/i, 'its certificate is not valid yet; check the clock'],
  [
    /self[- ]signed certificate|unable to (verify|get)[a-z ]* (certificate|issuer)/i,
    'its certificate is of an unknown authority; name that in ca_file',
  ],
  [/does not match certificate/i, 'its certificate is for another name'],
];

function certificateTrouble({ message }: Error): string | undefined {
  return CERTIFICATE.find(([pattern]) => pattern.test(message))?.[1];
}
