import { readFile } from 'node:fs/promises';

import { Failure } from '../base/failure.ts';

/** Where tokens for SASL/OAUTHBEARER come from, as a configuration says it. */
export interface OauthSettings {
  /** A file that somebody keeps fresh; read for each connection. */
  readonly token_file?: string;
  /** Else an issuer that gives tokens for client credentials (RFC 6749 §4.4). */
  readonly token_endpoint?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly scope?: string;
}

/** A token is asked for again so long before it ends, in ms. */
const MARGIN_MS = 30_000;
const ANSWER_MS_MAX = 10_000;

/** Gives a token that is still valid, whenever a connection asks. */
export function tokenProvider(
  settings: OauthSettings,
  now: () => number = Date.now,
): () => Promise<string> {
  const { token_file: file, token_endpoint: endpoint } = settings;
  if (file !== undefined) return () => fromFile(file);
  if (endpoint === undefined) {
    const message = 'sasl: oauthbearer needs token_file or token_endpoint';
    throw new Failure('source_misconfigured', { message, retryable: false });
  }
  let kept: Token | undefined;
  return async () => {
    if (kept === undefined || kept.until - MARGIN_MS <= now()) {
      kept = await fromIssuer(endpoint, settings, now());
    }
    return kept.text;
  };
}

interface Token {
  readonly text: string;
  readonly until: number;
}

async function fromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const message = `sasl.token_file: ${path} can not be read`;
    throw new Failure('source_unreadable', { message, retryable: true, cause });
  }
}

async function fromIssuer(
  endpoint: string,
  { client_id: id = '', client_secret: secret = '', scope }: OauthSettings,
  now: number,
): Promise<Token> {
  const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) };
  const credentials = [id, secret].map(encodeURIComponent).join(':');
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
  } catch (cause) {
    const message = `sasl.token_endpoint: ${endpoint} does not answer`;
    throw new Failure('peer_unreachable', { message, retryable: true, cause });
  }
  const answer: unknown = await response.json().catch(() => undefined);
  const { access_token: text, expires_in: seconds } = (answer ?? {}) as {
    readonly access_token?: unknown;
    readonly expires_in?: unknown;
  };
  if (response.ok && typeof text === 'string') {
    return { text, until: now + (typeof seconds === 'number' ? seconds : 0) * 1000 };
  }
  throw new Failure('peer_refused', {
    message: `sasl.token_endpoint: ${endpoint} answers ${String(response.status)} without a token`,
    retryable: response.status >= 500,
  });
}
