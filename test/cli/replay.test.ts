import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';

import { launch, tidegate } from './command.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const DAY = resolve(import.meta.dirname, '../../fixtures/scenarios/developer-day.ndjson.gz');

describe('cli: tidegate replay', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-replay-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const at = (second: number): string => launch({ second, image: 'C:\\tool.exe' });

  it('delivers a recorded day byte by byte, at many thousand times its speed', async () => {
    const args = ['replay', DAY, '--to', 'stdout', '--speed', '1000000', '--json'];
    const done = await tidegate(args);
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout === gunzipSync(readFileSync(DAY)).toString()).to.equal(true);
    expect(JSON.parse(done.stderr)).to.deep.include({
      target: 'standard output',
      records: 15_290,
      events: 15_290,
      undecoded: 0,
      speed: 1_000_000,
      interrupted: false,
    });
  });

  it('merges files by event time, and leaves what it cannot decode in its place', async () => {
    const one = write('one.ndjson', [at(1), 'no telemetry', at(5)].join('\n'));
    const other = write('other.gz', gzipSync([at(3), at(9)].join('\r\n')));
    const done = await tidegate(['replay', one, other, '--to', 'stdout', '--speed', 'max']);
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout.trimEnd().split('\n')).to.deep.equal([
      at(1),
      'no telemetry',
      at(3),
      at(5),
      at(9),
    ]);
    expect(done.stderr).to.contain('5 records');
    expect(done.stderr).to.contain('(1 that no decoder understands)');
  });

  it('delivers each record of an event that comes in several, once', async () => {
    const file = resolve(import.meta.dirname, '../../fixtures/auditd/raw.log');
    // Without the last lines the last event is not whole.
    const cut = write('cut.log', readFileSync(file, 'utf8').split('\n').slice(0, -3).join('\n'));
    for (const path of [file, cut]) {
      const done = await tidegate(['replay', path, '--to', 'stdout']);
      expect(done.code, done.stderr).to.equal(0);
      const lines = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      expect(done.stdout).to.equal(`${lines.join('\n')}\n`);
    }
  });

  it('repeats the files with the same bytes', async () => {
    const file = write('one.ndjson', `${at(1)}\n${at(2)}\n`);
    const args = ['replay', file, '--to', 'stdout', '--repeat', '3', '--speed', '1000', '--json'];
    const done = await tidegate(args);
    expect(done.stdout).to.equal(`${at(1)}\n${at(2)}\n`.repeat(3));
    expect(JSON.parse(done.stderr)).to.deep.include({ records: 6, times: 3 });
  });

  it('posts to a server, and fails with the count of what arrived when it refuses', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.writeHead(bodies.length === 3 ? 403 : 200).end('enough');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const file = write('five.ndjson', [1, 2, 3, 4, 5].map(at).join('\n'));
    const size = String(2 * (at(1).length + 1));
    try {
      const args = ['replay', file, '--to', 'http', url, '--batch-bytes', size, '--json'];
      const done = await tidegate(args);
      expect(done.code).to.equal(1);
      expect(JSON.parse(done.stdout)).to.deep.include({ target: url, records: 4, retries: 0 });
      expect(done.stderr).to.contain('the server answered 403 Forbidden: enough');
      expect(bodies.slice(0, 2).join('')).to.equal(`${[1, 2, 3, 4].map(at).join('\n')}\n`);
      const again = await tidegate(args);
      expect(again.code, again.stderr).to.equal(0);
      expect(JSON.parse(again.stdout)).to.deep.include({ records: 5, recordsRead: 5 });
    } finally {
      server.close();
    }
  });

  it('ends cleanly with its counts on Ctrl-C, in the middle of a pause', async () => {
    const file = write('slow.ndjson', `${at(1)}\n${at(59)}\n`);
    const child = spawn(process.execPath, [MAIN, 'replay', file, '--to', 'stdout', '--speed', '1']);
    const errors = text(child.stderr);
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(first.toString()).to.equal(`${at(1)}\n`);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(await errors).to.match(/^1 record, .*\(interrupted\b/);
    expect(code).to.equal(0);
  });

  it('reads what comes before the damage of a file, and fails', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `${n}`).join('\n');
    const whole = gzipSync(`${at(1)}\n${many}`);
    const file = write('cut.gz', whole.subarray(0, whole.length - 5000));
    const done = await tidegate(['replay', file, '--to', 'stdout']);
    expect(done.stdout.startsWith(`${at(1)}\n`)).to.equal(true);
    expect(done.stderr).to.contain('cut.gz: the compressed data is damaged or cut short');
    expect(done.code).to.equal(1);
  });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no target', [DAY], /required option '--to <target>' not specified/],
    ['an unknown target', [DAY, '--to', 'fax'], /Allowed choices are kafka, stdout, http/],
    ['a speed that is none', [DAY, '--to', 'stdout', '--speed', '0'], /'0' is not a positive/],
    ['no address', [DAY, '--to', 'http'], /--to http needs --url/],
    ['an address of another kind', [DAY, '--to', 'http', '--url', 'ftp://x'], /no http or https/],
    ['no broker', [DAY, '--to', 'kafka', '--topic', 't'], /--to kafka needs --brokers and --topic/],
    [
      'an address without port',
      [DAY, '--to', 'kafka', '--brokers', '127.0.0.1:9092,b', '--topic', 't'],
      /--brokers: 'b' is not host:port/,
    ],
    [
      'a topic that Kafka refuses',
      [DAY, '--to', 'kafka', '--brokers', '127.0.0.1:9092', '--topic', 'a topic'],
      /'a topic' is no name of a topic/,
    ],
    ['no file', ['--to', 'http', 'http://127.0.0.1/'], /no file to replay/],
    ['a pause that is no time', [DAY, '--to', 'stdout', '--max-pause', 'x'], /'x' is not a time/],
    ['a pipe to repeat', ['-', '--to', 'stdout', '--repeat', '2'], /can be replayed only once/],
    [
      'a header without a name',
      [DAY, '--to', 'http', 'http://127.0.0.1/', '--header', 'secret'],
      /^tidegate: --header: must be 'Name: value'\n$/,
    ],
  ];
  for (const [name, args, expected] of mistakes) {
    it(`exits with 2 and one clear line for ${name}`, async () => {
      const done = await tidegate(['replay', ...args]);
      expect(done.stderr).to.match(expected);
      expect(done.code).to.equal(2);
    });
  }
});
