import { expect } from 'chai';
import { maskedValues } from '../../../src/runtime/config/mask.ts';
import { readConfig } from '../../../src/runtime/config/read.ts';
import type { Surroundings } from '../../../src/runtime/config/variables.ts';

const surroundings: Surroundings = {
  environment: { DIR: '/srv', EMPTY: '', TRICK: '${DIR}', SECRET: 'hunter2' },
  readFile: (path) => {
    if (path === '/run/secrets/x') return 'from the file\nsecond line\n';
    throw Object.assign(new Error('none'), { code: 'ENOENT' });
  },
};

const small = `version: 1
sources:
  - kind: file
    paths: [a.ndjson]
primary: { kind: sqlite, path: alerts.db }
`;

function problems(text: string): string[] {
  return readConfig(text, surroundings).problems.map(
    ({ line, column, message }) => `${String(line)}:${String(column)} ${message}`,
  );
}

describe('the configuration file', () => {
  it('a small one has defaults for the rest', () => {
    const { config, problems: found } = readConfig(small, surroundings);
    expect(found).to.deep.equal([]);
    expect(config).to.deep.include({
      dataDir: '.tidegate',
      minimumLevel: 'low',
      listen: { host: '127.0.0.1', port: 9464 },
      drainMs: 10_000,
      deadLetterPath: '.tidegate/dead-letter.ndjson',
      sources: [
        { kind: 'file', settings: { paths: ['a.ndjson'] }, name: 'file', inputFormat: 'auto' },
      ],
      checkpoints: {
        kind: 'sqlite',
        settings: { path: '.tidegate/checkpoints.db' },
        everyMs: 10_000,
      },
    });
    expect(config?.limits.latenessMs).to.equal(5000);
  });

  it('settings in snake_case reach the engine, and times are in milliseconds', () => {
    const text = `${small}limits: { keys_per_host_max: 7 }\nlateness: 1m\ndrain_timeout: 500ms\n`;
    const { config } = readConfig(text, surroundings);
    expect(config?.limits.keysPerHostMax).to.equal(7);
    expect(config?.limits.latenessMs).to.equal(60_000);
    expect(config?.drainMs).to.equal(500);
  });

  const wrong: readonly [string, string, readonly string[]][] = [
    [
      'an unknown key',
      `${small}soruces: []\n`,
      ['6:1 soruces is not a known key; did you mean sources?'],
    ],
    [
      'an unknown key of a part',
      small.replace('paths:', 'path:'),
      [
        "3:5 sources.0 must have required property 'paths'",
        '4:5 sources.0.path is not a known key; did you mean paths?',
      ],
    ],
    [
      'a kind that does not exist',
      small.replace('kind: file', 'kind: flie'),
      ['3:11 sources.0.kind must be one of'],
    ],
    [
      'no version',
      small.replace('version: 1\n', ''),
      ["1:1 must have required property 'version'"],
    ],
    [
      'another version',
      small.replace('version: 1', 'version: 2'),
      ['1:10 version must be equal to constant'],
    ],
    ['no time', `${small}lateness: soon\n`, ['6:11 lateness must match pattern']],
    [
      'a variable that is not set',
      `${small}data_dir: $\{NONE}/x\n`,
      ['6:11 data_dir the variable NONE is not set'],
    ],
    [
      'a file that is not there',
      `${small}data_dir: file:/none\n`,
      ['6:11 data_dir the file /none can not be read: ENOENT'],
    ],
    ['no YAML', 'version: [\n', ['2:1 ']],
    ['an alias', `${small}lists: *a\n`, ['6:8 ']],
    [
      'a key that is a prototype',
      `${small}__proto__: { x: 1 }\n`,
      ['6:1 __proto__ is not a known key'],
    ],
    ['nothing', '', ['1:1 is empty']],
  ];
  for (const [name, text, expected] of wrong) {
    it(`refuses ${name} and says where`, () => {
      const found = problems(text);
      expect(found).to.have.length(expected.length);
      for (const [index, start] of expected.entries()) expect(found[index]).to.contain(start);
    });
  }

  it('puts variables and files in, once', () => {
    const text = `${small}data_dir: "$\{DIR}/$\{NONE:-a}$\{EMPTY:-b}/$$\{DIR}/$\{TRICK}"\nrules: ["file:/run/secrets/x"]\n`;
    const { config, problems: found } = readConfig(text, surroundings);
    expect(found).to.deep.equal([]);
    expect(config?.dataDir).to.equal('/srv/ab/${DIR}/${DIR}');
    expect(config?.rules).to.deep.equal(['from the file']);
  });

  it('shows no secret: from files, under their keys, and in addresses', () => {
    const text = `${small.replace('a.ndjson', 'https://me:pw@host/x')}rules: ["file:/run/secrets/x"]\n`;
    const { resolved } = readConfig(text, surroundings);
    if (resolved === undefined) throw new Error('it can be read');
    const value = {
      ...(resolved.value as object),
      sasl: { password: 'hunter2', mechanism: 'plain' },
    };
    const shown = JSON.stringify(maskedValues({ ...resolved, value }));
    expect(shown).to.not.match(/hunter2|from the file|pw/);
    expect(shown).to.contain('"mechanism":"plain"').and.to.contain('https://***@host/x');
  });
});
