import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

import { buildPage } from './build.ts';

const target = resolve(import.meta.dirname, '../../../src/dashboard/bundle.ts');

const { script, style } = await buildPage();
const packed = (text: string): string =>
  gzipSync(text, { level: constants.Z_BEST_COMPRESSION }).toString('base64');
writeFileSync(
  target,
  `// Made from page/ by \`npm run build:page\`; a test makes it again and compares.

/** The page's script, packed with gzip, in base64. */
export const SCRIPT: string = '${packed(script)}';

/** The page's style, packed with gzip, in base64. */
export const STYLE: string = '${packed(style)}';
`,
);
console.log(`script ${script.length} bytes, style ${style.length} bytes`);
