import { expect } from 'chai';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../src/engine/create.ts';
import { RulesInForce, type Reload } from '../../src/runtime/rules-in-force.ts';
import { inFolder } from '../conformance/sinks.ts';

const rule = (id: number, parts: { title?: string; image?: string } = {}): string => `
title: ${parts.title ?? `A Rule of Number ${String(id)}`}
id: 00000000-0000-4000-8000-${String(id).padStart(12, '0')}
logsource: { product: windows, category: process_creation }
detection:
  it: { Image|endswith: '${parts.image ?? '\\\\a.exe'}', User|expand: '%people%' }
  condition: it
level: medium
`;
const idOf = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

class Files {
  readonly rules: RulesInForce;
  readonly #folder: string;

  constructor(folder: string, rules: Readonly<Record<string, string>>) {
    this.#folder = folder;
    mkdirSync(join(folder, 'rules'));
    mkdirSync(join(folder, 'lists'));
    for (const [name, text] of Object.entries(rules)) this.write(name, text);
    this.list('ana');
    this.rules = new RulesInForce({
      rules: [join(folder, 'rules')],
      lists: [join(folder, 'lists')],
      pipelines: [],
      limits: defaultLimits,
    });
  }

  write(name: string, text: string): void {
    // Another file every time, as editors and `git` do: the clock of the disk may be coarse.
    writeFileSync(join(this.#folder, 'draft'), text);
    renameSync(join(this.#folder, 'draft'), join(this.#folder, 'rules', name));
  }

  remove(name: string): void {
    rmSync(join(this.#folder, 'rules', name));
  }

  list(person: string): void {
    writeFileSync(
      join(this.#folder, 'lists', 'people.yml'),
      `list: people\nversion: '1'\nentries:\n  - about: staff\n    values: [${person}]\n`,
    );
  }

  removeList(): void {
    rmSync(join(this.#folder, 'lists', 'people.yml'));
  }
}

function ids({ rules }: Files): readonly string[] {
  return rules.sample.ruleSet.detections.map(({ rule: { id } }) => id);
}

function refusal(reload: Reload): string {
  return reload.kind === 'refused'
    ? [reload.why, ...reload.problems.map(({ code }) => code)].join(': ')
    : reload.kind;
}

function withFiles(
  rules: Readonly<Record<string, string>>,
  check: (files: Files) => void,
): () => Promise<void> {
  return () => inFolder(async (folder) => check(new Files(folder, rules)));
}

describe('rules that are read again while they are in force', () => {
  it(
    'says what was added, removed, changed in meaning, or edited without that',
    withFiles({ 'a.yml': rule(1), 'b.yml': rule(2), 'c.yml': rule(3) }, (files) => {
      files.write('a.yml', rule(1, { title: 'A Better Title' }));
      files.write('b.yml', rule(2, { image: '\\\\b.exe' }));
      files.remove('c.yml');
      files.write('d.yml', rule(4));
      const before = files.rules.epoch;
      expect(files.rules.reload()).to.deep.equal({
        kind: 'taken',
        changes: { added: [idOf(4)], removed: [idOf(3)], changed: [idOf(2)], edited: [idOf(1)] },
        off: [],
      });
      expect(files.rules.epoch).to.not.equal(before);
      expect(files.rules.reload()).to.deep.equal({ kind: 'unchanged' });
    }),
  );

  it(
    'a broken file never removes rules that work',
    withFiles({ 'a.yml': rule(1), 'b.yml': rule(2) }, (files) => {
      const before = files.rules.epoch;
      files.write('a.yml', rule(1).replace('condition: it', 'condition: other'));
      files.write('b.yml', rule(2, { image: '\\\\b.exe' }));
      expect(refusal(files.rules.reload())).to.contain('broken that were not before');
      expect([files.rules.epoch, ids(files)]).to.deep.equal([before, [idOf(1), idOf(2)]]);
      files.write('a.yml', rule(1));
      expect(files.rules.reload().kind).to.equal('taken');
    }),
  );

  it(
    'what was broken at the start may stay so',
    withFiles({ 'a.yml': rule(1), 'broken.yml': 'title: [\n' }, (files) => {
      files.write('b.yml', rule(2));
      expect(files.rules.reload().kind).to.equal('taken');
      expect(ids(files)).to.deep.equal([idOf(1), idOf(2)]);
    }),
  );

  it(
    'refuses to go on with no rule at all, and with a folder that is gone',
    withFiles({ 'a.yml': rule(1) }, (files) => {
      files.remove('a.yml');
      expect(refusal(files.rules.reload())).to.equal('there is no rule any more');
      expect(ids(files)).to.deep.equal([idOf(1)]);
    }),
  );

  it(
    'a changed list is a new epoch; a rule whose list is gone is named',
    withFiles({ 'a.yml': rule(1) }, (files) => {
      const before = files.rules.epoch;
      files.list('bob');
      const none = { added: [], removed: [], changed: [], edited: [] };
      expect(files.rules.reload()).to.deep.equal({ kind: 'taken', changes: none, off: [] });
      expect(files.rules.epoch).to.not.equal(before);
      files.removeList();
      const gone = files.rules.reload();
      expect(gone).to.deep.equal({ kind: 'taken', changes: none, off: [idOf(1)] });
    }),
  );

  it(
    'a change is told when the files have been left alone for one look, and once',
    withFiles({ 'a.yml': rule(1) }, (files) => {
      expect(files.rules.hasChanged()).to.equal(false);
      files.write('b.yml', rule(2));
      expect(files.rules.hasChanged()).to.equal(false);
      files.write('c.yml', rule(3));
      expect(files.rules.hasChanged()).to.equal(false);
      expect(files.rules.hasChanged()).to.equal(true);
      files.rules.reload();
      expect(files.rules.hasChanged()).to.equal(false);
    }),
  );

  it(
    'a file that is broken is not read again and again',
    withFiles({ 'a.yml': rule(1) }, (files) => {
      files.write('b.yml', 'title: [\n');
      expect([files.rules.hasChanged(), files.rules.hasChanged()]).to.deep.equal([false, true]);
      expect(files.rules.reload().kind).to.equal('refused');
      expect(files.rules.hasChanged()).to.equal(false);
    }),
  );
});
