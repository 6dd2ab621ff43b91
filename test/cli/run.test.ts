import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { inFolder } from '../conformance/sinks.ts';
import { BURST, launch, ndjson, tidegate } from './command.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

interface Setup {
  readonly source?: string;
  readonly more?: string;
  readonly port?: number;
}

/** Writes rules and a configuration; the state goes to `state` beside them. */
function configure(folder: string, { source, more = '', port }: Setup = {}): string {
  writeFileSync(join(folder, 'rules.yml'), BURST);
  const path = join(folder, 'tidegate.yml');
  writeFileSync(
    path,
    `version: 1
data_dir: ${folder}/state
rules: [${folder}/rules.yml]
sources:
  - ${source ?? `{ kind: file, paths: [${folder}/events.ndjson] }`}
primary: { kind: sqlite, path: ${folder}/state/alerts.db }
checkpoints: { kind: sqlite, every: 20ms }
http: { listen: ${port === undefined ? '"off"' : `127.0.0.1:${String(port)}`} }
${more}`,
  );
  return path;
}

/** Bursts of three tools on one host, with a pause after each that ends the episode. */
function bursts(count: number): string[] {
  const lines: string[] = [];
  for (let burst = 0; burst < count; burst++) {
    for (let tool = 0; tool < 3; tool++) {
      const at = new Date(Date.UTC(2026, 2, 3) + burst * 60_000 + tool * 1000);
      const line = launch({ second: tool, image: 'C:\\tool.exe', record: burst * 3 + tool });
      lines.push(line.replace('2026-03-03 10:00', at.toISOString().slice(0, 16).replace('T', ' ')));
    }
  }
  return lines;
}

const LINUX_RULE = `title: A Tool Starts With an Argument
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5c
logsource: { product: linux, category: process_creation }
detection:
  tool: { Image|endswith: /tool, CommandLine|contains: --secret }
  condition: tool
level: medium
`;

/** The lines of one launch in the Linux audit log. */
function auditLaunch(serial: number): readonly string[] {
  const id = `msg=audit(178100000${String(serial)}.000:${String(serial)}):`;
  return [
    `type=SYSCALL ${id} arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=9 exe="/bin/tool"`,
    `type=EXECVE ${id} argc=3 a0="tool" a1="--secret" a2="${String(serial)}"`,
    `type=PROCTITLE ${id} proctitle="tool"`,
  ];
}

/** Ids and final counts of everything in the alert store. */
function alertsIn(folder: string): readonly unknown[] {
  const path = join(folder, 'state', 'alerts.db');
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    return database
      .prepare('SELECT a.id, s.version FROM alerts a JOIN alert_state s USING (id) ORDER BY a.id')
      .all()
      .map((row) => [row['id'], row['version']]);
  } catch (error) {
    // It is being made just now.
    if (error instanceof Error && /no such table|locked/.test(error.message)) return [];
    throw error;
  } finally {
    database.close();
  }
}

function start(config: string): ChildProcess {
  return spawn(process.execPath, [MAIN, 'run', '-c', config], { stdio: ['pipe', 'pipe', 'pipe'] });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (isSo()) return;
    await new Promise((later) => setTimeout(later, 20));
  }
  throw new Error('it did not come to be');
}

function fetchText(
  port: number,
  path: string,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((done, fail) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      void text(response).then((body) => done({ status: response.statusCode, body }));
    }).on('error', fail);
  });
}

describe('tidegate run', () => {
  it('reads files to their ends, and a second run writes nothing twice', () =>
    inFolder(async (folder) => {
      const config = configure(folder);
      writeFileSync(join(folder, 'events.ndjson'), bursts(20).join('\n'));
      const first = await tidegate(['run', '-c', config]);
      expect([first.code, first.stdout]).to.deep.equal([0, '']);
      const alerts = alertsIn(folder);
      expect(alerts).to.have.length(20);
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      expect(alertsIn(folder)).to.deep.equal(alerts);
    }));

  it('goes on where it had stopped when the file has grown', () =>
    inFolder(async (folder) => {
      const config = configure(folder);
      const lines = bursts(10);
      const events = join(folder, 'events.ndjson');
      writeFileSync(events, `${lines.slice(0, 14).join('\n')}\n`);
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      writeFileSync(events, lines.join('\n'));
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      expect(alertsIn(folder).map((alert) => (alert as unknown[])[1])).to.deep.equal(
        Array.from({ length: 10 }, () => 3),
      );
    }));

  it('puts events together that come in several lines, as a scan does, also over a restart', () =>
    inFolder(async (folder) => {
      const config = configure(folder);
      const rules = join(folder, 'rules.yml');
      writeFileSync(rules, LINUX_RULE);
      const lines = [1, 2, 3].flatMap((serial) => auditLaunch(serial));
      const events = join(folder, 'events.ndjson');
      writeFileSync(events, `${lines.slice(0, 4).join('\n')}\n`);
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      writeFileSync(events, `${lines.join('\n')}\n`);
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      const scan = await tidegate(['scan', events, '--rules', rules, '--output', 'ndjson']);
      const ids = ndjson(scan.stdout).map((alert) => (alert as { event: { id: string } }).event.id);
      expect(ids).to.have.length(3);
      const found = alertsIn(folder).map((alert) => (alert as unknown[])[0]);
      expect(found).to.deep.equal(ids.toSorted());
    }));

  it('keeps refused records, with their places', () =>
    inFolder(async (folder) => {
      const config = configure(folder);
      writeFileSync(join(folder, 'events.ndjson'), ['{"broken', ...bursts(1), '[1]'].join('\n'));
      expect((await tidegate(['run', '-c', config])).code).to.equal(0);
      const letters = readFileSync(join(folder, 'state', 'dead-letter.ndjson'), 'utf8');
      expect(letters.trim().split('\n')).to.have.length(2);
      expect(letters).to.contain('"offset":1').and.to.contain('"offset":5');
      expect(alertsIn(folder)).to.have.length(1);
    }));

  it('killed again and again in the middle, ends with what an uninterrupted run has', () =>
    inFolder(async (folder) => {
      const lines = bursts(600).join('\n');
      await inFolder(async (other) => {
        for (const place of [folder, other]) writeFileSync(join(place, 'events.ndjson'), lines);
        await tidegate(['run', '-c', configure(other)]);
        const config = configure(folder);
        for (let kill = 0; kill < 2; kill++) {
          const child = start(config);
          const before = alertsIn(folder).length;
          await until(() => alertsIn(folder).length > before || child.exitCode !== null);
          child.kill('SIGKILL');
          await once(child, 'close');
        }
        expect((await tidegate(['run', '-c', config])).code).to.equal(0);
        expect(alertsIn(folder)).to.have.length(600);
        expect(alertsIn(folder)).to.deep.equal(alertsIn(other));
      });
    })).timeout(60_000);

  it('a pipe that falls silent has its windows judged; status is served; SIGTERM ends it in order', () =>
    inFolder(async (folder) => {
      const port = 20_000 + (process.pid % 20_000);
      const child = start(
        configure(folder, { source: '{ kind: stdin }', port, more: 'lateness: 100ms\n' }),
      );
      const log = child.stderr === null ? '' : text(child.stderr);
      child.stdin?.write(`${bursts(1).join('\n')}\n`);
      await until(() => alertsIn(folder).length === 1);
      const healthy = await fetchText(port, '/healthz');
      const ready = await fetchText(port, '/readyz');
      const { body } = await fetchText(port, '/metrics');
      expect([healthy.status, ready.status]).to.deep.equal([200, 200]);
      expect(body).to.match(/^tidegate_records_total 3$/m);
      expect(body).to.match(/^tidegate_alerts_total\{level="high"\} 1$/m);
      expect((await fetchText(port, '/')).status).to.equal(404);
      child.kill('SIGTERM');
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code).to.equal(0);
      expect(await log).to.contain('stopped in order');
    })).timeout(30_000);

  it('reads its rules again on SIGHUP, keeps what a window holds, and refuses broken ones', () =>
    inFolder(async (folder) => {
      const child = start(
        configure(folder, { source: '{ kind: stdin }', more: 'lateness: 100ms\n' }),
      );
      let log = '';
      child.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()));
      const [first, second, third] = bursts(1);
      child.stdin?.write(`${String(first)}\n${String(second)}\n`);
      await until(() => log.includes('task begins'));
      writeFileSync(join(folder, 'rules.yml'), BURST.replace('condition:', 'kondition:'));
      child.kill('SIGHUP');
      await until(() => log.includes('the rules in force stay'));
      writeFileSync(join(folder, 'rules.yml'), BURST.replace('in a Burst', 'in a Great Burst'));
      child.kill('SIGHUP');
      await until(() => log.includes('the task has taken over the rules'));
      // Of an engine that had begun anew this would be the first of three.
      child.stdin?.end(`${String(third)}\n`);
      const [code] = (await once(child, 'close')) as [number | null];
      expect([code, alertsIn(folder).length]).to.deep.equal([0, 1]);
      expect(log).to.match(/"edited":\{"count":1,"ids":\["7bdc9f0e[^}]*\}.*loaded again/);
    })).timeout(30_000);

  it('sees by itself that rules have changed', () =>
    inFolder(async (folder) => {
      const child = start(
        configure(folder, { source: '{ kind: stdin }', more: 'watch_rules: 20ms\n' }),
      );
      let log = '';
      child.stderr?.on('data', (bytes: Buffer) => (log += bytes.toString()));
      await until(() => log.includes('task begins'));
      writeFileSync(join(folder, 'rules.yml'), BURST.replace('level: medium', 'level: low'));
      await until(() => log.includes('the task has taken over the rules'));
      child.stdin?.end();
      expect((await once(child, 'close'))[0]).to.equal(0);
    })).timeout(30_000);

  it('refuses a broken file with code 2, and says all that is wrong', () =>
    inFolder(async (folder) => {
      const config = configure(folder, { more: 'latness: 5s\nlog: { level: loud }\n' });
      const { code, stderr } = await tidegate(['run', '-c', config]);
      expect(code).to.equal(2);
      expect(stderr).to.contain(':9:1: error latness is not a known key; did you mean lateness?');
      expect(stderr).to.contain(':10:15: error log.level must be one of debug, info');
      expect(stderr).to.contain('2 problems; nothing was started');
    }));

  it('a file that is not there is a named failure', () =>
    inFolder(async (folder) => {
      const { code, stderr } = await tidegate(['run', '-c', configure(folder)]);
      expect(code).to.equal(1);
      expect(stderr).to.contain('events.ndjson: no such file');
    }));
});

describe('tidegate config', () => {
  it('check says ok, or all that is wrong', () =>
    inFolder(async (folder) => {
      const good = await tidegate(['config', 'check', '-c', configure(folder)]);
      expect([good.code, good.stdout]).to.deep.equal([0, `${folder}/tidegate.yml: ok\n`]);
      const bad = await tidegate(['config', 'check', '-c', configure(folder, { more: 'x: 1\n' })]);
      expect([bad.code, bad.stdout]).to.deep.equal([1, '']);
      expect(bad.stderr).to.contain('x is not a known key');
    }));

  it('show prints what is in force, as JSON', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await tidegate(['config', 'show', '-c', configure(folder)]);
      expect(code).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.include({ minimum_level: 'low', drain_timeout: '10s' });
    }));

  it('schema prints a JSON Schema that names every key', async () => {
    const { code, stdout } = await tidegate(['config', 'schema']);
    expect(code).to.equal(0);
    const schema = JSON.parse(stdout) as { readonly properties: object };
    expect(schema.properties).to.include.keys('sources', 'primary', 'checkpoints', 'drain_timeout');
  });

  it('a file that is not there is a wrong call', async () => {
    const { code, stderr } = await tidegate(['config', 'check', '-c', '/none.yml']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('/none.yml: no such file');
  });
});
