import { appendFile, readFile, truncate, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import type { Sink } from '../../src/sinks/sink.ts';
import { openNdjsonFile, openNdjsonStream } from '../../src/sinks/ndjson.ts';
import { earlierFiles } from '../../src/sinks/rotating-file.ts';
import { describeSink, expectFailure, inFolder } from '../conformance/sinks.ts';
import { sampleAlert } from './sample-alert.ts';

const fileIn = (folder: string): string => join(folder, 'out', 'alerts.ndjson');
const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describeSink({
  name: 'ndjson file',
  keepsStates: false,
  open: (folder) => openNdjsonFile({ path: fileIn(folder) }),
  content: async (folder) => linesOf(await readFile(fileIn(folder), 'utf8')),
});

describe('the NDJSON file', () => {
  it('takes away a line that a crash cut short, and writes that alert again', () =>
    inFolder(async (folder) => {
      const path = fileIn(folder);
      {
        await using sink = await openNdjsonFile({ path });
        await sink.write([sampleAlert(1), sampleAlert(2)]);
      }
      const whole = await readFile(path, 'utf8');
      await truncate(path, (await stat(path)).size - 10);
      await using sink = await openNdjsonFile({ path });
      const receipt = await sink.write([sampleAlert(1), sampleAlert(2)]);
      expect(receipt).to.include({ created: 1, alreadyThere: 1 });
      expect(await readFile(path, 'utf8')).to.equal(whole);
    }));

  it('puts a large file aside, deletes the oldest, and knows again what it wrote before', () =>
    inFolder(async (folder) => {
      const settings = { path: fileIn(folder), rotate_bytes: 5000, earlier_files: 2 };
      const alerts = Array.from({ length: 20 }, (_, number) => sampleAlert(number));
      {
        await using sink = await openNdjsonFile(settings);
        for (const alert of alerts) await sink.write([alert]);
      }
      const files = [...earlierFiles(settings.path), settings.path];
      expect(files).to.have.length(3);
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      const ids = texts.flatMap(linesOf).map((document) => Object(document).event.id);
      expect(ids).to.deep.equal(alerts.slice(-ids.length).map(({ id }) => id));
      await using again = await openNdjsonFile(settings);
      const receipt = await again.write(alerts.slice(-ids.length));
      expect(receipt).to.include({ created: 0, alreadyThere: ids.length });
    }));

  it('is not confused by lines of others', () =>
    inFolder(async (folder) => {
      const path = fileIn(folder);
      {
        await using sink = await openNdjsonFile({ path });
        await sink.write([sampleAlert(1)]);
      }
      await appendFile(path, '\nnot json\n[]\nnull\n{"event":null}\n{"event":{"id":7}}\n');
      await using sink = await openNdjsonFile({ path });
      expect(await sink.write([sampleAlert(1)])).to.include({ created: 0, alreadyThere: 1 });
    }));

  it('names a place that cannot be', () =>
    inFolder(async (folder) => {
      await expectFailure(() => openNdjsonFile({ path: folder }), 'store_unopenable');
    }));
});

/** A reader that takes one chunk at a time, when told to. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  private waiting: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.waiting = done;
  }

  take(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }
}

describe('the NDJSON stream', () => {
  it('writes each alert once, one a line', async () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    await using sink: Sink = openNdjsonStream(stream, 'a stream');
    await sink.write([sampleAlert(1), sampleAlert(2)]);
    const receipt = await sink.write([sampleAlert(2), sampleAlert(3)]);
    expect(receipt).to.include({ created: 1, alreadyThere: 1 });
    const messages = linesOf(chunks.join(''));
    expect(messages).to.have.length(3);
    expect(messages[2]).to.deep.equal(JSON.parse(JSON.stringify(sampleAlert(3).document)));
  });

  it('is done when the reader has taken the batch, not before', async () => {
    const reader = new SlowReader();
    await using sink = openNdjsonStream(reader, 'a slow reader');
    let isDone = false;
    const writing = sink.write([sampleAlert(1)]).then(() => {
      isDone = true;
    });
    await new Promise(setImmediate);
    expect([isDone, reader.taken.length]).to.deep.equal([false, 1]);
    reader.take();
    await writing;
    expect(isDone).to.equal(true);
  });

  it('names a reader that went away, while writing and between two batches', async () => {
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done(gone);
      },
    });
    await using sink = openNdjsonStream(stream, 'a pipe');
    const failure = await expectFailure(() => sink.write([sampleAlert(1)]), 'store_unwritable');
    expect(failure.message).to.equal('a pipe: the reader has closed the pipe');
    expect(failure.cause).to.equal(gone);
    await expectFailure(() => sink.write([sampleAlert(2)]), 'store_unwritable');
  });

  it('leaves the stream open, and refuses to write when it is closed itself', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const sink = openNdjsonStream(stream, 'a stream');
    await sink[Symbol.asyncDispose]();
    await sink[Symbol.asyncDispose]();
    expect(stream.writableEnded).to.equal(false);
    await expectFailure(() => sink.write([sampleAlert(1)]), 'store_closed');
  });
});
