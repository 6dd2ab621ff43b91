import { assert } from '../base/assert.ts';
import { hex, keyedDigest } from '../base/sha256.ts';
import type { EcsDocument, EcsValue } from '../event/event.ts';
import { isDocument, isList } from './ecs-path.ts';
import { BLOB_LENGTH_MIN, findSecrets, isSecretName } from '../base/secrets.ts';

/** Takes secrets out of what leaves, and bounds its size. */
export interface Redactor {
  /**
   * The text with each secret replaced by its kind, length and keyed hash, and its middle cut when
   * too long.
   */
  text(value: string): string;
  /** A copy of the document, bounded in depth, width and length, every text in it redacted. */
  document(value: EcsDocument): EcsDocument;
}

/** Texts above this length keep head and tail: a payload hides at the end of a command line. */
export const TEXT_LENGTH_MAX = 8192;
const TEXT_HEAD_LENGTH = 4096;
const TEXT_TAIL_LENGTH = 2048;

/**
 * Deeper values are left out. Elasticsearch's own limit for fields is 20 (measured: depth above it
 * is refused).
 */
export const DOCUMENT_DEPTH_MAX = 16;
/** Values in one document; a sensor's event has a few hundred at most. */
export const DOCUMENT_VALUES_MAX = 2000;
const NAME_LENGTH_MAX = 256;

const KEY_LENGTH_MIN = 16;
const HASH_HEX_LENGTH = 12;

/**
 * Creates a redactor. The same secret gives the same hash under the same key, so that an analyst
 * sees that two alerts carry one secret; without the key a short secret cannot be found by trying.
 */
export function createRedactor(key: Uint8Array): Redactor {
  assert(key.length >= KEY_LENGTH_MIN, 'the redaction key has at least 16 bytes');
  const encoder = new TextEncoder();
  const hash = (value: string): string =>
    hex(keyedDigest(key, encoder.encode(value))).slice(0, HASH_HEX_LENGTH);
  const replaced = (kind: string, value: string): string =>
    `[redacted:${kind}:${value.length}:${hash(value)}]`;

  const text = (value: string): string => cut(withoutSecrets(value), value);

  const withoutSecrets = (value: string): string => {
    if (value.length < SECRET_TEXT_LENGTH_MIN) return value;
    let result = '';
    let at = 0;
    for (const { kind, from, to } of findSecrets(value)) {
      if (value.startsWith('[redacted:', from)) continue;
      result += value.slice(at, from) + replaced(kind, value.slice(from, to));
      at = to;
    }
    return at === 0 ? value : result + value.slice(at);
  };

  const cut = (value: string, original: string): string => {
    if (value.length <= TEXT_LENGTH_MAX) return value;
    const head = whole(value.slice(0, TEXT_HEAD_LENGTH));
    const tail = whole(value.slice(-TEXT_TAIL_LENGTH));
    const missing = value.length - head.length - tail.length;
    return `${head}[cut:${missing}:${hash(original)}]${tail}`;
  };

  // An alert that grows shows the same events again and again. Nothing changes a document once it
  // is made.
  const copies = new WeakMap<EcsDocument, EcsDocument>();
  const document = (value: EcsDocument): EcsDocument => {
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy = copyDocument(value, { text, replaced, left: DOCUMENT_VALUES_MAX }, 0);
    copies.set(value, copy);
    return copy;
  };

  return { text, document };
}

// `pwd=x` is the shortest text that holds a secret.
const SECRET_TEXT_LENGTH_MIN = 5;

/** Half a surrogate pair at either end is dropped: what is cut stays valid text. */
function whole(value: string): string {
  const from = isInside(value.charCodeAt(0), 0xdc00) ? 1 : 0;
  const to = isInside(value.charCodeAt(value.length - 1), 0xd800) ? value.length - 1 : value.length;
  return value.slice(from, to);
}

function isInside(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}

interface Copying {
  readonly text: (value: string) => string;
  readonly replaced: (kind: string, value: string) => string;
  /** Values that may still be copied. */
  left: number;
}

function copyDocument(value: EcsDocument, copying: Copying, depth: number): EcsDocument {
  // Without a prototype, a field called `__proto__` is a field.
  const copy: EcsDocument = Object.create(null);
  for (const name of Object.keys(value)) {
    if (copying.left <= 0) break;
    const element = value[name];
    if (element === undefined) continue;
    const kept = name.length > NAME_LENGTH_MAX ? name.slice(0, NAME_LENGTH_MAX) : name;
    copy[kept] =
      typeof element === 'string' && element !== '' && isSecretName(name)
        ? copying.replaced('field', element)
        : copyValue(element, copying, depth + 1);
  }
  return copy;
}

function copyValue(value: EcsValue, copying: Copying, depth: number): EcsValue {
  copying.left--;
  if (typeof value === 'string') return copying.text(value);
  if (isDocument(value)) {
    return depth >= DOCUMENT_DEPTH_MAX ? '[too deep]' : copyDocument(value, copying, depth);
  }
  if (!isList(value)) return value;
  if (depth >= DOCUMENT_DEPTH_MAX) return '[too deep]';
  const copy: EcsValue[] = [];
  for (const element of value) {
    if (copying.left <= 0) break;
    copy.push(copyValue(element, copying, depth + 1));
  }
  return copy;
}

assert(BLOB_LENGTH_MIN < TEXT_HEAD_LENGTH, 'a payload is shortened before a text is cut');
