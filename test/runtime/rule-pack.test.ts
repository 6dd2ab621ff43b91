import { expect } from 'chai';
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Failure } from '../../src/base/failure.ts';
import { packBytes } from '../../src/runtime/pack-file.ts';
import { productVersion } from '../../src/runtime/product.ts';
import { filesBelow, loadRules } from '../../src/runtime/rule-files.ts';
import type { LoadedRules, RuleOptions } from '../../src/runtime/rule-files.ts';
import { writePack } from '../../src/runtime/rule-pack.ts';
import { BURST, RULE } from '../cli/command.ts';

const PIPELINE = 'name: p\npriority: 1\ntransformations: []\n';

describe('rule pack files', () => {
  let folder = '';
  let pack = '';
  let notices: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-pack-'));
    pack = join(folder, 'rules.tidegate-pack');
    notices = [];
    cpSync(join(import.meta.dirname, '../../rules/collection'), join(folder, 'rules'), {
      recursive: true,
    });
    writeFileSync(join(folder, 'rules', 'burst.yml'), BURST);
    writeFileSync(join(folder, 'pipeline.yml'), PIPELINE);
    write();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(more: Partial<Parameters<typeof writePack>[2]> = {}): void {
    const rules = [join(folder, 'rules')];
    const recipe = { rules, pipelines: [], portable: false, schema: false, ...more };
    writePack(pack, loadRules(rules, recipe), recipe, filesBelow(rules));
  }

  function load(options: RuleOptions = {}): LoadedRules {
    return loadRules([pack], { ...options, onNotice: (text) => notices.push(text) });
  }

  const meanings = ({ ruleSet }: LoadedRules): readonly string[] =>
    [...ruleSet.detections, ...ruleSet.correlations].map(({ meaning }) => meaning);
  const isPacked = ({ ruleSet }: LoadedRules): boolean =>
    ruleSet.detections.every(({ outline }) => outline !== undefined);

  it('load the rules that they were made from', () => {
    const loaded = load();
    const read = loadRules([join(folder, 'rules')]);
    expect(isPacked(loaded)).to.equal(true);
    expect(isPacked(read)).to.equal(false);
    expect(meanings(loaded)).to.deep.equal(meanings(read));
    expect({ files: loaded.files, problems: loaded.problems }).to.deep.equal({
      files: read.files,
      problems: read.problems,
    });
    expect(notices).to.deep.equal([]);
  });

  it('are used where their rule files are not', () => {
    rmSync(join(folder, 'rules'), { recursive: true });
    expect(isPacked(load())).to.equal(true);
    expect(notices).to.deep.equal([]);
  });

  it('are used when a file was only touched', () => {
    utimesSync(join(folder, 'rules', 'burst.yml'), 1, 1);
    expect(isPacked(load())).to.equal(true);
  });

  const changes: readonly (readonly [string, () => void])[] = [
    ['changed', (): void => change((text) => text.replace('3', '4'))],
    ['changed without a change of size and time', (): void => sameStats()],
    ['there anew', (): void => writeFileSync(join(folder, 'rules', 'new.yml'), RULE)],
    ['gone', (): void => rmSync(join(folder, 'rules', 'burst.yml'))],
  ];
  function change(edit: (text: string) => string): void {
    const path = join(folder, 'rules', 'burst.yml');
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
  }
  function sameStats(): void {
    const path = join(folder, 'rules', 'burst.yml');
    utimesSync(path, 1, 1);
    write();
    change((text) => text.replace('tool.exe', 'fool.exe'));
    utimesSync(path, 1, 1);
  }
  for (const [what, alter] of changes) {
    it(`are not used when a rule file is ${what}: the files are read, and that is said`, () => {
      alter();
      const loaded = load();
      expect(isPacked(loaded)).to.equal(false);
      expect(meanings(loaded)).to.deep.equal(meanings(loadRules([join(folder, 'rules')])));
      expect(notices).to.deep.equal([
        `${pack}: not used, since its rules have changed since it was made; ` +
          'the rules are read from their files: write it again with `tidegate rules pack`',
      ]);
    });
  }

  const asked: readonly (readonly [string, RuleOptions, string | undefined])[] = [
    ['--portable', { portable: true }, 'it was made without --portable'],
    ['--strict', { schema: true }, 'it was made without --strict'],
    ['a pipeline', { pipelines: ['pipeline.yml'] }, 'it was made with other pipelines'],
  ];
  for (const [what, options, reason] of asked) {
    it(`are not used for ${what} when they were made without`, () => {
      const pipelines = (options.pipelines ?? []).map((name) => join(folder, name));
      expect(isPacked(load({ ...options, pipelines }))).to.equal(false);
      expect(notices).to.have.lengthOf(1);
      expect(notices[0]).to.include(reason);
      write({ ...options, pipelines });
      expect(isPacked(load({ ...options, pipelines }))).to.equal(true);
      expect(isPacked(load())).to.equal(true);
    });
  }

  it('notice a changed pipeline', () => {
    const pipelines = [join(folder, 'pipeline.yml')];
    write({ pipelines });
    expect(isPacked(load())).to.equal(true);
    writeFileSync(join(folder, 'pipeline.yml'), `${PIPELINE}# changed\n`);
    expect(isPacked(load())).to.equal(false);
  });

  it('of another version are read anew, and refused where there is nothing to read', () => {
    const head = JSON.parse(headOf(pack)) as unknown[];
    expect(head).to.include(productVersion());
    const other = head.map((part) => (part === productVersion() ? '0.0.9' : part));
    writeFileSync(pack, packBytes(JSON.stringify(other), { index: 'another form', parts: [] }));
    expect(isPacked(load())).to.equal(false);
    const version = `it was written by 0.0.9, and this is ${productVersion()}`;
    expect(notices[0]).to.include(`not used, since ${version}`);
    rmSync(join(folder, 'rules'), { recursive: true });
    expect(() => load()).to.throw(Failure, `${version}, and what it was made from is not here`);
  });

  it('of another form are refused', () => {
    const bytes = readFileSync(pack, 'latin1');
    writeFileSync(pack, bytes.replace('tidegate-pack 1 ', 'tidegate-pack 2 '), 'latin1');
    expect(() => load()).to.throw(Failure, 'was written by another version of Tidegate (form 2)');
  });

  it('are refused when any byte of them is another, or missing', () => {
    const bytes = readFileSync(pack);
    const step = Math.max(1, Math.floor(bytes.length / 300));
    for (let at = 0; at < bytes.length; at += at < 200 ? 1 : step) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0x01;
      writeFileSync(pack, at % 2 === 0 ? broken : bytes.subarray(0, at));
      expect(() => load(), `byte ${at}`).to.throw(Failure, /pack/);
    }
  });

  for (const content of ['', 'title: x', 'tidegate-pack', 'tidegate-pack 1 \n', '\0'.repeat(200)]) {
    it(`of ${JSON.stringify(content.slice(0, 20))} are refused`, () => {
      writeFileSync(pack, content);
      expect(() => load()).to.throw(Failure, 'write it again with `tidegate rules pack`');
    });
  }
});

function headOf(path: string): string {
  const bytes = readFileSync(path);
  const content = bytes.subarray(bytes.indexOf('\n') + 1);
  const start = (content.readUInt32LE(0) + 3) * 4;
  return content.toString('utf8', start, start + content.readUInt32LE(4));
}
