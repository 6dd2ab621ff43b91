import { Failure } from '../base/failure.ts';

/** Names and codes by which the clients say that we are not let in; no retry helps. */
const REFUSALS = new Set([
  'KafkaJSSASLAuthenticationError',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'PLT_KFK_AUTHENTICATION',
  'INCONSISTENT_GROUP_PROTOCOL',
]);

/** Codes of Node's TLS that mean the same. */
const CERTIFICATES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|ERR_OSSL)/;
const CERTIFICATE_WORDS = /certificate|self-signed|altname|tlsv1 alert/i;

/** The error of a client library in our terms: not let in, or not reached (to be tried again). */
export function kafkaFailure(what: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const chain = causesOf(cause);
  const refusal = chain.find(isRefusal);
  const reason = (refusal ?? chain.at(-1) ?? { message: 'unknown error' }).message;
  return new Failure(refusal === undefined ? 'peer_unreachable' : 'peer_refused', {
    message: `${what}: ${reason}`,
    retryable: refusal === undefined,
    cause,
  });
}

/** Names that errors bear when bytes could not be decoded. */
const DAMAGE =
  /^(RangeError|TypeError|SyntaxError|UnpackError|KafkaJS.*(VarInt|Long|MagicByte|Partial).*)$/;

/** True if bytes came and could not be decoded: asking again gives the same bytes. */
export function isDamage(error: unknown): boolean {
  return causesOf(error).some(({ name, code }) => {
    const isBounds = code === 'PLT_KFK_OUT_OF_BOUNDS' || code === 'PLT_KFK_UNSUPPORTED_COMPRESSION';
    return isBounds || (typeof name === 'string' && DAMAGE.test(name));
  });
}

interface ClientError {
  readonly message: string;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly apiId?: unknown;
}

function isRefusal({ name, code, type, apiId, message }: ClientError): boolean {
  const words = [name, code, type, apiId].filter((word) => typeof word === 'string');
  return (
    words.some((word) => REFUSALS.has(word) || CERTIFICATES.test(word)) ||
    CERTIFICATE_WORDS.test(message)
  );
}

/** An error, what caused it, and so on; several causes side by side come one after the other. */
export function causesOf(error: unknown): readonly ClientError[] {
  const found: ClientError[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift();
    if (typeof next !== 'object' || next === null || !('message' in next)) continue;
    const { cause, originalError, errors } = next as Readonly<Record<string, unknown>>;
    found.push(next as ClientError);
    waiting.push(cause, originalError, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return found;
}
