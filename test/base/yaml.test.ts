import { expect } from 'chai';
import fc from 'fast-check';
import { dump } from 'js-yaml';

import { LineIndex, plainYaml, readYaml } from '../../src/base/yaml.ts';
import type { YamlNode } from '../../src/base/yaml.ts';

function rootOf(text: string): YamlNode {
  const { documents, problems } = readYaml(text);
  expect(problems).to.deep.equal([]);
  expect(documents[0]?.problems).to.deep.equal([]);
  const root = documents[0]?.root;
  if (root === undefined) throw new Error('no document');
  return root;
}

function valueOf(text: string): unknown {
  return plainYaml(rootOf(text));
}

/** `code@line:column` of every problem. */
function problemsOf(text: string): readonly string[] {
  const { documents, problems } = readYaml(text);
  const lines = new LineIndex(text);
  return [...problems, ...documents.flatMap((document) => document.problems)].map(
    ({ code, offset }) => {
      const { line, column } = lines.place(offset);
      return `${code}@${String(line)}:${String(column)}`;
    },
  );
}

describe('YAML scalars', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['~', null],
    ['null', null],
    ['NULL', null],
    ['nULL', 'nULL'],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['no', 'no'],
    ['on', 'on'],
    ['Off', 'Off'],
    ['0', 0],
    ['-0', 0],
    ['007', '007'],
    ['00000429', '00000429'],
    ['-01', '-01'],
    ['+12', 12],
    ['-12', -12],
    ['0o17', 15],
    ['0x1F', 31],
    ['0x40810000', 0x40810000],
    ['-0x1', '-0x1'],
    ['1_000', '1_000'],
    ['1:30', '1:30'],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['-1e3', -1000],
    ['1.', 1],
    ['.', '.'],
    ['-', [null]],
    ['+', '+'],
    ['.inf', '.inf'],
    ['.nan', '.nan'],
    ['1e999', '1e999'],
    ['2026-01-02', '2026-01-02'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
    ['999999999999999', 999_999_999_999_999],
    ['1000000000000000', 1_000_000_000_000_000n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['+9007199254740993', 9_007_199_254_740_993n],
    ['0xFFFFFFFFFFFFFFFF', 18_446_744_073_709_551_615n],
    ['0000000000000000012', '0000000000000000012'],
    [`1${'0'.repeat(64)}`, `1${'0'.repeat(64)}`],
    ["'5'", '5'],
    ['"a\\u0041\\n"', 'aA\n'],
    ['!!str 5', '5'],
    ['|\n  5\n', '5\n'],
    ['a b & c * d', 'a b & c * d'],
    ["'&a *b'", '&a *b'],
    ['|\n  &a\n  *b\n', '&a\n*b\n'],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text), () => {
      expect(valueOf(text)).to.deep.equal(expected);
    });
  }
});

describe('YAML files', () => {
  it('keeps the order of keys, and keys as text', () => {
    const root = rootOf('b: 1\na: 2\n5: 3\nnull: 4\ntrue: 5\n__proto__: 6\n');
    expect(root.kind === 'map' && [...root.entries.keys()]).to.deep.equal([
      'b',
      'a',
      '5',
      'null',
      'true',
      '__proto__',
    ]);
    const plain = plainYaml(root) as Record<string, unknown>;
    expect(Object.getPrototypeOf(plain)).to.equal(null);
    expect(plain['__proto__']).to.equal(6);
  });

  it('every value knows its place', () => {
    const text = 'a: "x"\r\nb:\r\n  - 1\r\n  - {c: \'d\'}\r\ne:\r\nf: |\r\n  g\r\n';
    const lines = new LineIndex(text);
    const places: string[] = [];
    const walk = (node: YamlNode, path: string): void => {
      const { line, column } = lines.place(node.offset);
      places.push(`${path} ${String(line)}:${String(column)}`);
      if (node.kind === 'list')
        node.items.forEach((item, index) => walk(item, `${path}/${String(index)}`));
      if (node.kind === 'map')
        node.entries.forEach(({ value }, key) => walk(value, `${path}/${key}`));
    };
    walk(rootOf(text), '');
    expect(places).to.deep.equal([
      ' 1:1',
      '/a 1:4',
      '/b 3:3',
      '/b/0 3:5',
      '/b/1 4:5',
      '/b/1/c 4:9',
      '/e 5:2',
      '/f 7:3',
    ]);
  });

  it('a byte order mark is not part of the first key', () => {
    expect(valueOf('\uFEFFa: 1')).to.deep.equal(Object.assign(Object.create(null), { a: 1 }));
  });

  it('documents are cut at --- lines only, also behind comments and in one line', () => {
    const text = '# c\n---\na: "--- x"\nb: |\n  ---\n  y\n--- \nz\n---\n...\n--- w\n';
    const { documents, problems } = readYaml(text);
    expect(problems).to.deep.equal([]);
    expect(documents.map(({ root }) => JSON.stringify(plainYaml(root)))).to.deep.equal([
      '{"a":"--- x","b":"---\\ny\\n"}',
      '"z"',
      'null',
      '"w"',
    ]);
  });

  it('a directive belongs to the document behind it', () => {
    expect(valueOf('%YAML 1.2\n---\na\n')).to.equal('a');
  });

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['a: &x 1\nb: *x\n', ['yaml-alias@1:4', 'yaml-alias@2:4']],
    ['a: &x [1]\n', ['yaml-alias@1:4']],
    ['- &a a\n- {b: *a}\n', ['yaml-alias@1:3', 'yaml-alias@2:7']],
    ['a: 1\nb: 2\na: 3\n', ['yaml-duplicate-key@3:1']],
    ["x:\n  'a': 1\n  a: 3\n", ['yaml-duplicate-key@3:3']],
    ['{a: 1, a: 2}', ['yaml-duplicate-key@1:8']],
    ['? [a]\n: 1\n', ['yaml-key@1:3']],
    ['a: !!binary aGk=\n', ['yaml-tag@1:4']],
    ['a: !custom {b: 1}\n', ['yaml-tag@1:4']],
    ['!!str a: 1\nb: !!int "3"\n', ['yaml-tag@2:4']],
    ['a: "x\n', ['yaml-syntax@2:1']],
    ['a: 1\n---\nb: [\n---\nc: 2\n', ['yaml-syntax@4:1']],
    ['\ta: 1\n', ['yaml-syntax@1:3']],
  ];
  for (const [text, expected] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(text)).to.deep.equal(expected);
    });
  }

  it('laughs at bombs', () => {
    const laughs = Array.from({ length: 9 }, (_, n) =>
      n === 0
        ? 'a0: &a0 [x, x]'
        : `a${String(n)}: &a${String(n)} [${`*a${String(n - 1)}, `.repeat(9)}]`,
    ).join('\n');
    expect(new Set(problemsOf(laughs).map((problem) => problem.split('@')[0]))).to.deep.equal(
      new Set(['yaml-alias']),
    );
  });
});

describe('YAML limits', () => {
  const limits = { bytesMax: 100, nodesMax: 10, depthMax: 5 };
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['bytes at the limit', `"${'x'.repeat(98)}"`, undefined],
    ['bytes above it', `"${'x'.repeat(99)}"`, 'the file is larger than 100 bytes'],
    ['bytes, not characters', `"${'€'.repeat(33)}"`, 'the file is larger than 100 bytes'],
    ['values at the limit', `[${'a,'.repeat(8)}]`, undefined],
    ['values above it', `[${'a,'.repeat(9)}]`, 'the file holds more than 10 values'],
    ['values over documents', '--- [a, a, a]\n--- [a, a, a]\n', undefined],
    [
      'values over documents, above',
      '--- [a, a, a]\n--- [a, a, a, a]\n',
      'the file holds more than 10 values',
    ],
    ['empty documents count', '---\n'.repeat(11), 'the file holds more than 10 values'],
    ['depth at the limit', '[[[a]]]', undefined],
    ['depth above it', '[[[[a]]]]', 'nesting exceeded maxDepth (5)'],
  ];
  for (const [name, text, expected] of rows) {
    it(name, () => {
      expect(readYaml(text, limits).problems[0]?.message).to.equal(expected);
    });
  }

  it('a rule file of the greatest size is read or refused, whatever it repeats', () => {
    const units = [
      '[',
      '{',
      '- ',
      '? ',
      'a: ',
      '"',
      "'",
      '&a ',
      '*a ',
      '!a ',
      '---\n',
      '#\n',
      '|\n',
      '\n',
      '%A\n',
      'x,',
      ': ',
    ];
    for (const unit of units) {
      const { documents, problems } = readYaml(unit.repeat(1_048_576 / unit.length));
      const all = [...problems, ...documents.flatMap((document) => document.problems)];
      expect(all.length + documents.length, unit).to.be.lessThan(50_001);
    }
  });
});

describe('YAML, any text', () => {
  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a: ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '"',
        "'",
        '|',
        '>',
        '&a',
        '*a',
        '!',
        '!!str ',
        '#',
        '\n',
        '  ',
        '\t',
        '---\n',
        '...\n',
        '%',
        '?',
        ':',
        '\\',
        '\u0000',
        '\uFEFF',
        '<<: ',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { documents } = readYaml(pieces.join(''));
        for (const { root } of documents) plainYaml(root);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads back what another writer wrote', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 8 });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (written) => {
        const read = valueOf(dump(written, { noRefs: true }));
        expect(JSON.parse(JSON.stringify(read))).to.deep.equal(JSON.parse(JSON.stringify(written)));
      }),
      { numRuns: 1000 },
    );
  });
});
