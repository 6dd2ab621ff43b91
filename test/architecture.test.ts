import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

interface Room {
  readonly zone: 'pure' | 'world';
  readonly imports: readonly string[];
  /** Package names; `node:` allows the runtime's own modules. */
  readonly packages: readonly string[];
}

const pureRooms = [
  'base',
  'event',
  'policy',
  'language',
  'enrichment',
  'engine',
  'alert',
  'decoders',
  'simulation',
] as const;

// The import table of the house: who may import whom, and which packages. To change a row, say why.
const rooms: Readonly<Record<string, Room>> = {
  base: { zone: 'pure', imports: [], packages: ['ajv', 'js-yaml', 'yaml'] },
  event: { zone: 'pure', imports: ['base'], packages: [] },
  policy: { zone: 'pure', imports: ['base', 'event'], packages: ['@open-policy-agent/opa-wasm'] },
  language: { zone: 'pure', imports: ['base', 'event'], packages: ['re2js'] },
  enrichment: { zone: 'pure', imports: ['base', 'event', 'policy'], packages: ['tldts'] },
  engine: {
    zone: 'pure',
    imports: ['base', 'event', 'policy', 'language', 'enrichment'],
    packages: ['re2js', 'lru-cache'],
  },
  alert: { zone: 'pure', imports: ['base', 'event', 'language', 'engine'], packages: [] },
  decoders: { zone: 'pure', imports: ['base', 'event'], packages: [] },
  simulation: { zone: 'pure', imports: ['base', 'event'], packages: [] },
  // Connection, codecs and producer, which sources, sinks and checkpoints share.
  kafka: {
    zone: 'world',
    imports: ['base', 'event'],
    packages: ['kafkajs', '@platformatic/kafka', 'lz4-napi', 'snappyjs', 'node:'],
  },
  sources: {
    zone: 'world',
    imports: ['base', 'event', 'kafka'],
    packages: ['kafkajs', '@platformatic/kafka', 'node:'],
  },
  sinks: {
    zone: 'world',
    imports: ['base', 'event', 'alert', 'kafka'],
    packages: ['@elastic/elasticsearch', 'node:'],
  },
  checkpoints: {
    zone: 'world',
    imports: ['base', 'event', 'engine', 'kafka'],
    packages: ['node:'],
  },
  runtime: {
    zone: 'world',
    imports: [...pureRooms, 'kafka', 'sources', 'sinks', 'checkpoints'],
    packages: ['pino', 'prom-client', 'node:'],
  },
  workbench: {
    zone: 'world',
    imports: [...pureRooms, 'sources', 'sinks', 'runtime'],
    packages: ['vscode-languageserver', 'node:'],
  },
  bench: {
    zone: 'world',
    imports: [...pureRooms, 'sources', 'runtime'],
    packages: ['node:'],
  },
  // The page's own packages are bundled. It reads the alert store through its readers in `sinks`.
  dashboard: {
    zone: 'world',
    imports: ['base', 'event', 'language', 'alert', 'engine', 'sinks', 'runtime'],
    packages: ['hono', '@hono/node-server', 'preact', 'node:'],
  },
  cli: {
    zone: 'world',
    imports: [
      ...pureRooms,
      'kafka',
      'sources',
      'sinks',
      'checkpoints',
      'runtime',
      'workbench',
      'bench',
      'dashboard',
    ],
    packages: ['commander', 'date-fns', 'node:'],
  },
};

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

// Reads `import … from '…'`, `export … from '…'`, bare and dynamic imports.
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const statement = /^\s*(import|export)\s+(type\s+)?[^;'"]*?from\s+['"]([^'"]+)['"]/gms;
  for (const match of text.matchAll(statement)) {
    found.push({ specifier: match[3] ?? '', typeOnly: match[2] !== undefined });
  }
  const bare = /^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  for (const match of text.matchAll(bare)) {
    found.push({ specifier: match[1] ?? match[2] ?? '', typeOnly: false });
  }
  return found;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') || name.endsWith('.tsx'))
    .map((name) => join(folder, name));
}

function roomOf(file: string): string {
  return relative(src, file).split(sep)[0] ?? '';
}

const files = sourceFiles(src);
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

describe('architecture', () => {
  it('every folder of src is a room of the table', () => {
    const unknown = [...new Set(files.map(roomOf))].filter((name) => rooms[name] === undefined);
    expect(unknown).to.deep.equal([]);
  });

  it('imports obey the table', () => {
    const broken: string[] = [];
    for (const file of files) {
      const name = roomOf(file);
      const room = rooms[name];
      for (const { specifier } of importsOf(texts.get(file) ?? '')) {
        const where = `${relative(root, file)} imports ${specifier}`;
        if (specifier.startsWith('.')) {
          const target = roomOf(resolve(dirname(file), specifier));
          if (target !== name && !room?.imports.includes(target)) broken.push(where);
        } else if (!room?.packages.includes(packageName(specifier))) {
          broken.push(where);
        }
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it('has no runtime import cycle', () => {
    const edges = new Map<string, string[]>();
    for (const file of files) {
      const targets = importsOf(texts.get(file) ?? '')
        .filter((entry) => entry.specifier.startsWith('.') && !entry.typeOnly)
        .map((entry) => resolve(dirname(file), entry.specifier));
      edges.set(file, targets);
    }
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push(
          [...path.slice(path.indexOf(file)), file].map((f) => relative(src, f)).join(' > '),
        );
        return;
      }
      if (done.has(file)) return;
      for (const target of edges.get(file) ?? []) walk(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).to.deep.equal([]);
  });

  it('files stay small', () => {
    const long = [...texts].filter(([, text]) => text.split('\n').length > 401);
    expect(long.map(([file]) => relative(root, file))).to.deep.equal([]);
  });

  it('the pure zone has no clock and no randomness', () => {
    const pure = new Set<string>(pureRooms);
    const clock = /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\)|\bperformance\./;
    const broken = files.filter(
      (file) => pure.has(roomOf(file)) && clock.test(texts.get(file) ?? ''),
    );
    expect(broken.map((file) => relative(root, file))).to.deep.equal([]);
  });
});
