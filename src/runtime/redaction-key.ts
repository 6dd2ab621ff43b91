import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';

const KEY_BYTES = 32;

/**
 * The key under which redacted secrets are hashed, kept in the data folder: the same secret gives the same hash
 * from run to run there, and nobody without the file can find a short secret by trying.
 */
export function redactionKey(dataDir: string): Uint8Array {
  const path = join(dataDir, 'redaction.key');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const key = existing(path) ?? created(path);
    if (key.length !== KEY_BYTES) throw new Error(`it has ${key.length} bytes, not ${KEY_BYTES}`);
    return key;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('store_unopenable', {
      message: `${path}: the redaction key cannot be read or made: ${reason}`,
      retryable: false,
      cause,
    });
  }
}

function existing(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function created(path: string): Uint8Array {
  const key = randomBytes(KEY_BYTES);
  // Fails when another process has just made one; a second call then reads it.
  writeFileSync(path, key, { flag: 'wx', mode: 0o600 });
  chmodSync(path, 0o600);
  return key;
}
