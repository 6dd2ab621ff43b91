import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { openSqliteSink } from '../../src/sinks/sqlite.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { tidegate } from './command.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Runs a command until it has printed an address, asks the API there, and ends it. */
async function answers(args: readonly string[], path: string): Promise<unknown> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const address = await new Promise<URL>((found, failed) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const url = /http:\/\/[^\s"]+\?token=[\w-]+/.exec(text)?.[0];
      if (url !== undefined) found(new URL(url));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => failed(new Error(text)));
  });
  const headers = { authorization: `Bearer ${address.searchParams.get('token') ?? ''}` };
  const answer: unknown = await (
    await fetch(`${address.origin}/api/v1${path}`, { headers })
  ).json();
  child.kill('SIGINT');
  expect((await closed)[0]).to.equal(0);
  return answer;
}

describe('cli: tidegate serve', () => {
  let folder = '';
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-serve-'));
    await using sink = openSqliteSink({ path: join(folder, 'alerts.db') });
    await sink.write([sampleAlert(1), sampleAlert(2)]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const listen = ['--listen', '127.0.0.1:0'];

  it('serves the store of a folder, and says that no detector runs', async () => {
    const health = await answers(['serve', '--data-dir', folder, ...listen], '/health');
    expect(health).to.include({ mode: 'none' });
  });

  it('serves the rules and the store of a configuration', async () => {
    const file = join(folder, 'tidegate.yml');
    writeFileSync(
      file,
      `version: 1
data_dir: ${folder}
sources: [{ kind: stdin }]
primary: { kind: sqlite, path: ${join(folder, 'alerts.db')} }
http: { listen: off }
`,
    );
    const { rules } = (await answers(['serve', '-c', file, ...listen], '/rules')) as {
      readonly rules: readonly object[];
    };
    expect(rules.length).to.be.greaterThan(5);
  });

  it('tidegate run serves the page where its file says so', async () => {
    const file = join(folder, 'tidegate.yml');
    writeFileSync(
      file,
      `version: 1
data_dir: ${folder}
sources: [{ kind: watched_directory, path: ${folder}, suffix: .ndjson }]
primary: { kind: sqlite, path: ${join(folder, 'alerts.db')} }
http: { listen: off }
dashboard: { listen: '127.0.0.1:0' }
`,
    );
    const page = (await answers(['run', '-c', file], '/session')) as { readonly person: string };
    expect(page.person).to.be.a('string').and.not.equal('');
  });

  it('refuses another address without people, and an address that is none', async () => {
    const open = await tidegate(['serve', '--data-dir', folder, '--listen', '0.0.0.0:0']);
    expect(open.code).to.equal(1);
    expect(open.stderr).to.contain('name people with passwords');
    const none = await tidegate(['serve', '--data-dir', folder, '--listen', 'here']);
    expect(none.code).to.equal(2);
  });
});

describe('cli: tidegate setup password', () => {
  it('prints a hash, and refuses what is too short', async () => {
    const done = await tidegate(['setup', 'password'], { input: 'correct horse battery\n' });
    expect(done.stdout).to.match(/^scrypt:[\w-]{22}:[\w-]{43}\n$/);
    const short = await tidegate(['setup', 'password'], { input: 'short\n' });
    expect(short.code).to.equal(2);
  });
});
