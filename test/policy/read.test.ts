import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readPolicy } from '../../src/policy/read.ts';

function read(...texts: readonly string[]): ReturnType<typeof readPolicy> {
  return readPolicy(texts.map((text, index) => ({ path: `${String(index)}.yml`, text })));
}

const ours = `
list: paths
entries:
  - about: ours
    values: ['/a/*', '/b/*']
`;

describe('policy lists', () => {
  it('a list holds the values of all its entries, each once', () => {
    const { policy, problems } = read(`
list: paths
version: '1'
description: all
entries:
  - { about: one, source: somewhere, values: ['/a/*', '/b/*'] }
  - { about: two, values: ['/b/*', '/c/*'] }
`);
    expect(problems).to.deep.equal([]);
    expect(policy.list('paths')).to.deep.equal(['/a/*', '/b/*', '/c/*']);
  });

  it('a later file adds to the list of that name', () => {
    const { policy } = read(ours, 'list: paths\nentries: [{ about: more, values: [/c/*] }]');
    expect(policy.list('paths')).to.deep.equal(['/a/*', '/b/*', '/c/*']);
  });

  it('a later file with extends: false replaces it', () => {
    const later = 'list: paths\nextends: false\nentries: [{ about: only, values: [/c/*] }]';
    expect(read(ours, later).policy.list('paths')).to.deep.equal(['/c/*']);
  });

  it('tells an empty list from one that nobody defined', () => {
    const { policy } = read('list: empty\nentries: []');
    expect(policy.list('empty')).to.deep.equal([]);
    expect(policy.list('other')).to.equal(undefined);
    expect(policy.list('__proto__')).to.equal(undefined);
  });

  it('a broken file does not stop the others', () => {
    const { policy, problems } = read('list: [', ours);
    expect(policy.list('paths')).to.deep.equal(['/a/*', '/b/*']);
    expect(problems.map(({ code, file }) => `${file} ${code}`)).to.deep.equal([
      '0.yml policy-syntax',
    ]);
  });

  // [what is wrong, text, code, line]
  const wrong: readonly (readonly [string, string, string, number])[] = [
    ['neither list nor agents', 'name: x', 'policy-unknown-kind', 1],
    ['a list of values at the top', '- a\n- b', 'policy-wrong-type', 1],
    ['an unknown key', 'list: a\nentires: []\nentries: []', 'policy-unknown-key', 2],
    ['no entries', 'list: a', 'policy-missing-key', 1],
    ['an entry without values', 'list: a\nentries:\n  - about: x', 'policy-missing-key', 3],
    ['an entry without reason', 'list: a\nentries:\n  - values: [x]', 'policy-missing-key', 3],
    [
      'a number as value',
      'list: a\nentries:\n  - about: x\n    values: [7]',
      'policy-wrong-type',
      4,
    ],
    ['a name with a space', 'list: a b\nentries: []', 'policy-invalid-name', 1],
    ['extends as text', 'list: a\nextends: maybe\nentries: []', 'policy-wrong-type', 2],
    [
      'an escaped star',
      "list: a\nentries:\n  - about: x\n    values:\n      - 'C:\\Data\\*'",
      'policy-escaped-wildcard',
      5,
    ],
    ['two documents', 'list: a\nentries: []\n---\nlist: b\nentries: []', 'policy-syntax', 4],
    ['an alias', 'list: a\nentries: [&x { about: y, values: [z] }, *x]', 'policy-syntax', 2],
    [
      'a value without end',
      `list: a\nentries: [{ about: x, values: [${'y'.repeat(1025)}] }]`,
      'policy-too-many',
      2,
    ],
  ];
  for (const [what, text, code, line] of wrong) {
    it(`names file and line of ${what}`, () => {
      const { problems } = read(text);
      expect(problems.map((problem) => [problem.code, problem.line])).to.deep.include([code, line]);
    });
  }

  it('keeps the sound values of a file with a broken one', () => {
    const { policy } = read("list: a\nentries: [{ about: x, values: ['C:\\Data\\*', /b/*] }]");
    expect(policy.list('a')).to.deep.equal(['/b/*']);
  });
});

describe('bundled lists', () => {
  const folder = resolve(import.meta.dirname, '../../rules/lists');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') }));

  it('have no problems', () => {
    expect(readPolicy(files).problems).to.deep.equal([]);
  });

  it('are named like their files', () => {
    for (const { path, text } of files) {
      if (path === 'agents.yml') continue;
      expect(text.split('\n')).to.include(`list: ${path.replace('.yml', '')}`);
    }
  });
});
