// The live client against a server made with osquery's own Python bindings, which play osqueryd. Run by
// `npm run conformance:osquery`; needs python3.
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { queryOsquery } from '../../src/workbench/osquery/client.ts';
import { pythonWith } from './python.ts';

const BINDINGS = ['osquery==3.1.1', 'thrift==0.25.0'];
const root = resolve(import.meta.dirname, '../..');
const server = join(import.meta.dirname, 'osquery/server.py');
const main = join(root, 'src/cli/main.ts');

const program = pythonWith({
  suite: 'osquery',
  module: 'osquery.extensions',
  packages: BINDINGS,
});
const folder = mkdtempSync(join(tmpdir(), 'tidegate-osquery-'));
const socket = join(folder, 'osquery.em');
const child = spawn(program, [server, socket], { stdio: ['pipe', 'pipe', 'inherit'] });
let checks = 0;

async function check(what: string, work: () => Promise<void>): Promise<void> {
  await work();
  checks += 1;
  process.stdout.write(`  ok ${what}\n`);
}

async function rows(sql: string): Promise<readonly object[]> {
  const found = await queryOsquery(sql, { socket, timeoutMs: 20_000 });
  return found.map((row) => Object.fromEntries(row));
}

async function refusal(sql: string): Promise<string> {
  const outcome = await rows(sql).then(
    () => 'an answer',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return outcome;
}

try {
  await once(child.stdout, 'data');
  await check('a row', async () => {
    expect(await rows('SELECT 1 AS one')).to.deep.equal([{ one: '1' }]);
  });
  await check('rows with text beyond ASCII', async () => {
    expect(await rows('SELECT name, pid FROM processes')).to.deep.equal([
      { name: 'bash', pid: '4700' },
      { name: 'übergröße ☃', pid: '-1' },
    ]);
  });
  await check('no rows', async () => {
    expect(await rows('SELECT * FROM nothing')).to.deep.equal([]);
  });
  await check('an answer of megabytes', async () => {
    const found = await rows('SELECT many 50000');
    expect(found).to.have.lengthOf(50_000);
    expect(found.at(-1)).to.deep.equal({ i: '49999', text: 'x'.repeat(50) });
  });
  await check('a statement that osquery refuses', async () => {
    expect(await refusal('SELEC')).to.equal(
      'osquery refused the query: near "SELEC": syntax error',
    );
  });
  await check('a server that fails', async () => {
    expect(await refusal('crash')).to.match(/^osquery answered: /);
  });
  await check('the command line', async () => {
    const run = spawnSync(
      process.execPath,
      [main, 'osquery', 'SELECT name, pid FROM processes', '--socket', socket, '--output', 'json'],
      { encoding: 'utf8' },
    );
    expect(run.status, run.stderr).to.equal(0);
    expect(JSON.parse(run.stdout)).to.have.lengthOf(2);
  });
  process.stdout.write(`osquery client: ${checks} checks passed against ${BINDINGS.join(', ')}\n`);
} finally {
  child.stdin.end();
  child.kill();
  rmSync(folder, { recursive: true });
}
