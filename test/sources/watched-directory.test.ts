import { expect } from 'chai';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Assignment, Input, SourceNotice } from '../../src/sources/source.ts';
import { WatchedDirectory } from '../../src/sources/watched-directory.ts';

const timing = { pollMs: 5, moveMsMax: 5000 };

describe('watched directory', () => {
  let folder = '';
  let notices: SourceNotice[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-watch-'));
    notices = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function open(suffix?: string): Promise<WatchedDirectory> {
    const settings = { path: folder, ...(suffix === undefined ? {} : { suffix }) };
    return WatchedDirectory.open(settings, { notice: (notice) => notices.push(notice) }, timing);
  }

  function write(name: string, text: string): void {
    writeFileSync(join(folder, name), text);
  }

  async function next(source: AsyncIterator<Assignment>): Promise<Assignment> {
    const { value, done } = await source.next();
    if (done === true) throw new Error('no assignment');
    return value as Assignment;
  }

  function input(assignment: Assignment, name: string): Input {
    const found = assignment.inputs.find(({ source }) => basename(source) === name);
    if (found === undefined) throw new Error(`no input ${name}`);
    return found;
  }

  async function take(from: Input, count: number, offset = 1): Promise<readonly string[]> {
    const lines: string[] = [];
    for await (const batch of from.batches({ offset })) {
      for (const { payload, position } of batch) {
        lines.push(`${position.offset} ${Buffer.from(payload ?? []).toString()}`);
      }
      if (lines.length >= count) break;
    }
    return lines;
  }

  it('follows a file as it grows, line by line, from any line on', async () => {
    write('a.ndjson', 'one\ntwo\nth');
    await using source = await open();
    const assignment = await next(source.assignments());
    const reading = take(input(assignment, 'a.ndjson'), 3, 2);
    appendFileSync(join(folder, 'a.ndjson'), 'ree\n');
    appendFileSync(join(folder, 'a.ndjson'), 'four\n');
    expect(await reading).to.deep.equal(['2 two', '3 three', '4 four']);
  });

  it('says when it is at the end, and where that is', async () => {
    write('a.ndjson', 'one\n');
    await using source = await open();
    const file = input(await next(source.assignments()), 'a.ndjson');
    const batches = file.batches('configured')[Symbol.asyncIterator]();
    expect(file.end).to.equal(undefined);
    await batches.next();
    const waiting = batches.next();
    while (file.end === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(file.end).to.equal(2);
    await source[Symbol.asyncDispose]();
    expect((await waiting).done).to.equal(true);
  });

  it('takes no half line for a line when it is closed', async () => {
    write('a.ndjson', 'one\nhal');
    const source = await open();
    const file = input(await next(source.assignments()), 'a.ndjson');
    const lines: string[] = [];
    for await (const batch of file.batches('configured')) {
      lines.push(...batch.map(({ payload }) => Buffer.from(payload ?? []).toString()));
      await source[Symbol.asyncDispose]();
    }
    expect(lines).to.deep.equal(['one']);
  });

  it('gives the task back with one input more when a file comes', async () => {
    write('a.ndjson', 'one\n');
    await using source = await open();
    const assignments = source.assignments();
    const first = await next(assignments);
    const second = next(assignments);
    expect(await take(input(first, 'a.ndjson'), 1)).to.deep.equal(['1 one']);
    write('b.ndjson', 'two\n');
    await new Promise((resolve) => first.revoked.addEventListener('abort', resolve));
    expect(first.revoked.reason).to.equal('moving');
    first.release();
    const again = await second;
    expect(again.generation).to.equal(2);
    expect(again.inputs.map((each) => basename(each.source))).to.deep.equal([
      'a.ndjson',
      'b.ndjson',
    ]);
    expect(await take(input(again, 'b.ndjson'), 1)).to.deep.equal(['1 two']);
  });

  it('reads packed files to their ends, and no folders or other names', async () => {
    write('a.ndjson.gz', '');
    writeFileSync(join(folder, 'a.ndjson.gz'), gzipSync('one\ntwo\n'));
    write('notes.txt', 'x\n');
    mkdirSync(join(folder, 'b.ndjson.gz'));
    await using source = await open('.ndjson.gz');
    const assignment = await next(source.assignments());
    expect(assignment.inputs).to.have.lengthOf(1);
    expect(await take(input(assignment, 'a.ndjson.gz'), 9)).to.deep.equal(['1 one', '2 two']);
  });

  it('does not read on in a file that was cut, and says so', async () => {
    write('a.ndjson', 'one\ntwo\n');
    await using source = await open();
    const file = input(await next(source.assignments()), 'a.ndjson');
    const lines: string[] = [];
    for await (const batch of file.batches('configured')) {
      lines.push(...batch.map(({ payload }) => Buffer.from(payload ?? []).toString()));
      truncateSync(join(folder, 'a.ndjson'), 2);
    }
    expect(lines).to.deep.equal(['one', 'two']);
    expect(notices.map(({ kind }) => kind)).to.deep.equal(['quarantined']);
  });

  it('ends a file that was moved away when all of it is read', async () => {
    write('a.ndjson', 'one\n');
    await using source = await open();
    const file = input(await next(source.assignments()), 'a.ndjson');
    let count = 0;
    for await (const batch of file.batches('configured')) {
      count += batch.length;
      rmSync(join(folder, 'a.ndjson'));
    }
    expect(count).to.equal(1);
  });

  it('does not start without its folder', async () => {
    const settings = { path: join(folder, 'none') };
    const outcome = await WatchedDirectory.open(settings, { notice: () => undefined }).catch(
      (error: unknown) => String(error),
    );
    expect(outcome).to.include('no such folder');
  });
});
