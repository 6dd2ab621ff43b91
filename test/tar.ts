import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A text file of an archive. */
export interface TarFile {
  readonly path: string;
  readonly text: string;
}

const block = 512;

/** The text files of a .tar.gz in POSIX format; a long path stands in a pax record before its file. */
export function readTarGz(path: string): readonly TarFile[] {
  const bytes = gunzipSync(readFileSync(path));
  const files: TarFile[] = [];
  const field = (at: number, length: number): string =>
    bytes.toString('utf8', at, at + length).replace(/\0.*$/s, '');
  let longPath: string | undefined;
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const kind = field(at + 156, 1);
    const start = at + block;
    const text = bytes.toString('utf8', start, start + size);
    const prefix = field(at + 345, 155);
    const shortPath = prefix === '' ? field(at, 100) : `${prefix}/${field(at, 100)}`;
    if (kind === 'x') longPath = /^[0-9]+ path=(.*)$/m.exec(text)?.[1];
    else if (kind === '0' || kind === '') {
      files.push({ path: longPath ?? shortPath, text });
      longPath = undefined;
    }
    at = start + Math.ceil(size / block) * block;
  }
  return files;
}
