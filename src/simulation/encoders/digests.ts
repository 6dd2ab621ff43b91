import type { Program } from '../action.ts';
import { createRandom } from '../prng.ts';

/** Digests in lower-case hexadecimal digits. */
export interface Digests {
  readonly sha1: string;
  readonly md5: string;
  readonly sha256: string;
  /** Of the names that a program imports. */
  readonly imports: string;
}

/** Made up, but the same for the same content, whichever sensor looks. */
export function digestsOf(content: string): Digests {
  const random = createRandom(`content/${content}`);
  const [sha1, md5, sha256] = [random.hex(40), random.hex(32), random.hex(64)];
  return { sha1, md5, sha256, imports: random.hex(32) };
}

/** The digests of a program's image. */
export function programDigests({ path, version }: Program): Digests {
  return digestsOf(`${path} ${version}`);
}
