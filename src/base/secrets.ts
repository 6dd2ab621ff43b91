import { assignedSecret, isSecretName } from './secret-assignments.ts';
import { cardNumberEnd } from './card-numbers.ts';

/** A part of a text that must not leave: what it looks like, and where it stands. */
export interface Secret {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

export { isSecretName };

/**
 * Base64 runs from this length on are payload, not a name or a digest (a SHA-512 in hex has 128).
 */
export const BLOB_LENGTH_MIN = 256;
/** How much of a payload's beginning stays readable: twelve bytes tell a script from an archive. */
export const BLOB_HEAD_LENGTH = 16;

/**
 * Finds secrets in one pass, in order, without overlap. Each character is looked at a bounded
 * number of times, whatever the text: every test is limited to a fixed reach, or ends where the
 * scan goes on.
 */
export function findSecrets(text: string): readonly Secret[] {
  const found: Secret[] = [];
  let blobSearchedTo = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    let secret: Secret | undefined;
    if (classOf(code) !== 0) {
      if (at === 0 || !isIn(text, at - 1, TOKEN)) {
        secret = tokenAt(text, at, code);
        if (secret === undefined && at >= blobSearchedTo) {
          blobSearchedTo = runEnd(text, at, BASE64);
          if (blobSearchedTo - at >= BLOB_LENGTH_MIN) {
            while (text.charCodeAt(blobSearchedTo) === EQUALS) blobSearchedTo++;
            secret = { kind: 'base64', from: at + BLOB_HEAD_LENGTH, to: blobSearchedTo };
          }
        }
      }
    } else if (code === COLON || code === EQUALS || code === SPACE) {
      secret = assignedSecret(text, at);
    } else if (code === BRACKET) {
      const length = redactedLength(text, at);
      if (length > 0) {
        at += length;
        continue;
      }
    }
    secret ??= code === DASH ? privateKeyAt(text, at) : undefined;
    if (secret === undefined) {
      at++;
      continue;
    }
    found.push(secret);
    at = secret.to;
  }
  return found;
}

const COLON = 0x3a;
const EQUALS = 0x3d;
const SPACE = 0x20;
const DASH = 0x2d;
const BRACKET = 0x5b;
const REDACTED = /\[redacted:[a-z0-9_]{1,32}:\d{1,10}:[0-9a-f]{12}\]/y;

/**
 * The length of what stands in place of a secret already, so that it is not taken for one; else 0.
 */
function redactedLength(text: string, at: number): number {
  REDACTED.lastIndex = at;
  return REDACTED.test(text) ? REDACTED.lastIndex - at : 0;
}

const ALPHANUMERIC = 1;
const TOKEN = 2; // and _ -
const BASE64 = 4; // and + / =
const CREDENTIAL = 8; // RFC 6750 b64token: and . ~

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z0-9]/.test(character)) CLASSES[code] = ALPHANUMERIC | TOKEN | BASE64 | CREDENTIAL;
  else if (/[-_]/.test(character)) CLASSES[code] = TOKEN | BASE64 | CREDENTIAL;
  else if (/[+/]/.test(character)) CLASSES[code] = BASE64 | CREDENTIAL;
  else if (character === '~' || character === '.') CLASSES[code] = CREDENTIAL;
}

function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : 0;
}

function isIn(text: string, at: number, kind: number): boolean {
  return at < text.length && (classOf(text.charCodeAt(at)) & kind) !== 0;
}

function runEnd(text: string, from: number, kind: number): number {
  let end = from;
  while (isIn(text, end, kind)) end++;
  return end;
}

/** A credential that is known by its first characters. */
interface Shape {
  readonly kind: string;
  readonly prefix: string;
  /** How long the run behind the prefix must be at least. */
  readonly min: number;
}

// Prefixes and lengths as the issuers document them; `min` leaves out what is too short to be one.
const SHAPES: readonly Shape[] = [
  { kind: 'aws_access_key', prefix: 'AKIA', min: 16 },
  { kind: 'aws_access_key', prefix: 'ASIA', min: 16 },
  { kind: 'github_token', prefix: 'ghp_', min: 30 },
  { kind: 'github_token', prefix: 'gho_', min: 30 },
  { kind: 'github_token', prefix: 'ghu_', min: 30 },
  { kind: 'github_token', prefix: 'ghs_', min: 30 },
  { kind: 'github_token', prefix: 'ghr_', min: 30 },
  { kind: 'github_token', prefix: 'github_pat_', min: 30 },
  { kind: 'gitlab_token', prefix: 'glpat-', min: 20 },
  { kind: 'slack_token', prefix: 'xoxb-', min: 20 },
  { kind: 'slack_token', prefix: 'xoxp-', min: 20 },
  { kind: 'slack_token', prefix: 'xoxa-', min: 20 },
  { kind: 'slack_token', prefix: 'xoxs-', min: 20 },
  { kind: 'slack_token', prefix: 'xapp-', min: 20 },
  { kind: 'anthropic_key', prefix: 'sk-ant-', min: 20 },
  { kind: 'openai_key', prefix: 'sk-proj-', min: 20 },
  { kind: 'api_key', prefix: 'sk-', min: 32 },
  { kind: 'stripe_key', prefix: 'sk_live_', min: 16 },
  { kind: 'stripe_key', prefix: 'rk_live_', min: 16 },
  { kind: 'google_key', prefix: 'AIza', min: 35 },
  { kind: 'npm_token', prefix: 'npm_', min: 36 },
  { kind: 'pypi_token', prefix: 'pypi-', min: 50 },
  { kind: 'huggingface_token', prefix: 'hf_', min: 30 },
  { kind: 'vault_token', prefix: 'hvs.', min: 20 },
];

const SHAPES_BY_FIRST: ReadonlyMap<number, readonly Shape[]> = Map.groupBy(SHAPES, (shape) =>
  shape.prefix.charCodeAt(0),
);

/** A secret that begins here, where a token begins. */
function tokenAt(text: string, at: number, code: number): Secret | undefined {
  for (const { kind, prefix, min } of SHAPES_BY_FIRST.get(code) ?? []) {
    if (!text.startsWith(prefix, at)) continue;
    const to = runEnd(text, at + prefix.length, TOKEN);
    if (to - at - prefix.length >= min) return { kind, from: at, to };
  }
  if (code >= 0x30 && code <= 0x39) {
    const to = cardNumberEnd(text, at);
    return to === undefined ? undefined : { kind: 'card_number', from: at, to };
  }
  if (code === 0x65) return jsonWebTokenAt(text, at); // e
  if (code === 0x42 || code === 0x62) return bearerAt(text, at); // B, b
  return undefined;
}

/** RFC 7519: three base64url parts, of which the first two begin as `{"` does. */
function jsonWebTokenAt(text: string, at: number): Secret | undefined {
  if (!text.startsWith('eyJ', at)) return undefined;
  const header = runEnd(text, at, TOKEN);
  if (!text.startsWith('.eyJ', header)) return undefined;
  const claims = runEnd(text, header + 1, TOKEN);
  if (text.charAt(claims) !== '.') return undefined;
  return { kind: 'jwt', from: at, to: runEnd(text, claims + 1, TOKEN) };
}

const BEARER = 'bearer ';
const BEARER_LENGTH_MIN = 16;

/** RFC 6750: the word `Bearer`, then the credential. Short ones are words of a sentence. */
function bearerAt(text: string, at: number): Secret | undefined {
  if (text.slice(at, at + BEARER.length).toLowerCase() !== BEARER) return undefined;
  const from = at + BEARER.length;
  let to = runEnd(text, from, CREDENTIAL);
  while (text.charAt(to) === '=') to++;
  return to - from < BEARER_LENGTH_MIN ? undefined : { kind: 'bearer_token', from, to };
}

const PEM_BEGIN = '-----BEGIN ';
const PEM_LABEL_MAX = 40;

/** RFC 7468: from the BEGIN line to the END line, or to the end of the text when it was cut off. */
function privateKeyAt(text: string, at: number): Secret | undefined {
  if (!text.startsWith(PEM_BEGIN, at)) return undefined;
  const label = text.slice(at + PEM_BEGIN.length, at + PEM_BEGIN.length + PEM_LABEL_MAX);
  const labelEnd = label.indexOf('-----');
  if (labelEnd < 0 || !label.slice(0, labelEnd).includes('PRIVATE KEY')) return undefined;
  const end = text.indexOf('-----END ', at + PEM_BEGIN.length);
  if (end < 0) return { kind: 'private_key', from: at, to: text.length };
  const close = text.slice(end + 9, end + 9 + PEM_LABEL_MAX).indexOf('-----');
  return { kind: 'private_key', from: at, to: close < 0 ? end + 9 : end + 9 + close + 5 };
}
