import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';

const shared = resolve(import.meta.dirname, '../../../shared');

/** The path of a file of the recordings and rules that lie beside the checkout. */
export function sharedPath(path: string): string {
  return resolve(shared, path);
}

/**
 * Skips the tests of a suite where the shared recordings are not there. In CI they must be: a test that
 * did not run has shown nothing.
 */
export function needsShared(context: Mocha.Context, path: string): void {
  if (existsSync(sharedPath(path))) return;
  if (process.env['CI'] === 'true') throw new Error(`../shared/${path} is missing`);
  process.stdout.write(`    skipped: ../shared/${path} is not here\n`);
  context.skip();
}

/** The lines of a compressed recording, or of its beginning. */
export function readLines(
  path: string,
  compressedBytesMax: number = Number.POSITIVE_INFINITY,
): readonly Uint8Array[] {
  const file = readFileSync(sharedPath(path));
  const isCut = file.length > compressedBytesMax;
  const bytes = gunzipSync(isCut ? file.subarray(0, compressedBytesMax) : file, {
    finishFlush: isCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
  });
  const lines: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline === -1 && isCut) break;
    const end = newline === -1 ? bytes.length : newline;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** The text files of a compressed tar archive, by path. */
export function readArchive(path: string, suffix: string): ReadonlyMap<string, string> {
  const bytes = gunzipSync(readFileSync(sharedPath(path)));
  const files = new Map<string, string>();
  let at = 0;
  let longName = '';
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const header = (from: number, length: number): string => {
      const text = bytes.toString('utf8', at + from, at + from + length);
      return text.split('\0', 1)[0] ?? '';
    };
    const size = Number.parseInt(header(124, 12).trim(), 8);
    const kind = header(156, 1);
    const body = bytes.toString('utf8', at + 512, at + 512 + size);
    const prefix = header(345, 155);
    const name = longName || (prefix === '' ? header(0, 100) : `${prefix}/${header(0, 100)}`);
    longName = '';
    if (kind === 'L') longName = body.split('\0', 1)[0] ?? '';
    else if (kind === 'x') longName = /^\d+ path=(.*)$/m.exec(body)?.[1] ?? '';
    else if (name.endsWith(suffix)) files.set(name, body);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
