import { join, resolve } from 'node:path';
import { main } from 'assemblyscript/asc';
import { format, resolveConfig } from 'prettier';

const root = resolve(import.meta.dirname, '../..');

/** A module of WebAssembly: its sources, and the file that holds it compiled. */
export interface AssemblyModule {
  readonly entry: string;
  readonly compiled: string;
  /** Pages of 64 KiB that its memory map needs. */
  readonly pages: number;
}

/** Every module of the project. */
export const modules: readonly AssemblyModule[] = [
  {
    entry: join(root, 'src/decoders/scanner/assembly/index.ts'),
    compiled: join(root, 'src/decoders/scanner/scanner-bytes.ts'),
    pages: 266,
  },
  {
    entry: join(root, 'src/engine/matching/probe/assembly/index.ts'),
    compiled: join(root, 'src/engine/matching/probe/probe-bytes.ts'),
    pages: 50,
  },
];

const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd,bulk-memory'];

/** Compiles a module; the text of the file that holds it. */
export async function buildModule({ entry, compiled, pages }: AssemblyModule): Promise<string> {
  let bytes: Uint8Array | undefined;
  const memory = ['--initialMemory', String(pages), '--maximumMemory', String(pages)];
  const { error, stderr } = await main([entry, '-o', 'module.wasm', ...OPTIONS, ...memory], {
    writeFile(name, contents) {
      if (name === 'module.wasm') bytes = contents as Uint8Array;
    },
  });
  if (error !== null || bytes === undefined) throw new Error(stderr.toString());
  const settings = await resolveConfig(compiled);
  return format(fileOf(Buffer.from(bytes).toString('base64')), {
    ...settings,
    parser: 'typescript',
  });
}

function fileOf(text: string): string {
  const lines = text.match(/.{1,92}/g) ?? [];
  return `// Compiled from \`assembly\` by \`npm run build:assembly\`; a test compiles it again and compares.
export const moduleBase64: readonly string[] = [
${lines.map((line) => `'${line}',`).join('\n')}
];
`;
}
