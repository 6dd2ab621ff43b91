import { join, resolve } from 'node:path';
import { build } from 'esbuild-wasm';

const page = resolve(import.meta.dirname, '../../../src/dashboard/page');

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** Bundles the page: one script, one style, nothing that is loaded from elsewhere. */
export async function buildPage(): Promise<PageBundle> {
  const { outputFiles } = await build({
    entryPoints: [join(page, 'main.tsx'), join(page, 'style/main.css')],
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    tsconfig: join(page, 'tsconfig.json'),
  });
  const of = (end: string): string =>
    outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: of('.js'), style: of('.css') };
}
