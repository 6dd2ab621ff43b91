import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this product, from its package. */
export function productVersion(): string {
  const path = join(import.meta.dirname, '../../package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return manifest.version;
}
