import { join } from 'node:path';

import { expect } from 'chai';

import type { Alert } from '../../src/alert/alert.ts';
import { Failure } from '../../src/base/failure.ts';
import { deliver, feed, WAIT_MS_FIRST, WAIT_MS_MAX } from '../../src/runtime/delivery.ts';
import { openPrimarySink, openSink, sinkKinds } from '../../src/sinks/index.ts';
import {
  NOTHING_WRITTEN,
  type LogBatch,
  type LogReader,
  type PrimarySink,
  type Sink,
} from '../../src/sinks/sink.ts';
import { expectFailure, inFolder } from '../conformance/sinks.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';

const away = new Failure('peer_unreachable', { message: 'away', retryable: true });
const refused = new Failure('peer_refused', { message: 'refused', retryable: false });
const neverAborted = new AbortController().signal;

/** Answers each write as the list says, then takes everything. */
class Moody implements Sink {
  readonly name = 'moody';
  readonly taken: Alert[] = [];
  private readonly moods: Failure[];

  constructor(moods: readonly Failure[]) {
    this.moods = [...moods];
  }

  async write(batch: readonly Alert[]): Promise<typeof NOTHING_WRITTEN> {
    const mood = this.moods.shift();
    if (mood !== undefined) throw mood;
    this.taken.push(...batch);
    return { ...NOTHING_WRITTEN, created: batch.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

describe('deliver', () => {
  it('asks a sink that is away again, with growing waits up to a bound', async () => {
    const sink = new Moody(Array.from({ length: 12 }, () => away));
    const waits: number[] = [];
    let recovered = 0;
    await deliver(sink, [sampleAlert(1)], {
      signal: neverAborted,
      random: () => 1,
      wait: async (ms) => void waits.push(ms),
      onRecovered: () => recovered++,
    });
    expect(sink.taken).to.have.length(1);
    expect(waits.slice(0, 3)).to.deep.equal([WAIT_MS_FIRST, WAIT_MS_FIRST * 2, WAIT_MS_FIRST * 4]);
    expect(waits.slice(-2)).to.deep.equal([WAIT_MS_MAX, WAIT_MS_MAX]);
    expect(recovered).to.equal(1);
  });

  it('waits at least half as long when chance says so', async () => {
    const waits: number[] = [];
    await deliver(new Moody([away]), [], {
      signal: neverAborted,
      random: () => 0,
      wait: async (ms) => void waits.push(ms),
    });
    expect(waits).to.deep.equal([WAIT_MS_FIRST / 2]);
  });

  it('throws at once what waiting does not mend', async () => {
    const wait = async (): Promise<void> => expect.fail('it waited');
    const options = { signal: neverAborted, wait };
    await expectFailure(() => deliver(new Moody([refused]), [], options), 'peer_refused');
  });

  it('gives up when it is told to stop, and names the last failure', async () => {
    const stop = new AbortController();
    const wait = async (): Promise<void> => stop.abort();
    const options = { signal: stop.signal, wait };
    await expectFailure(() => deliver(new Moody([away, away]), [], options), 'peer_unreachable');
  });
});

describe('feed', () => {
  it('brings every alert to each sink at its own pace, a sink that is away holds back no other', () =>
    inFolder(async (folder) => {
      await using log = await openPrimarySink('sqlite', { path: join(folder, 'alerts.db') });
      const stop = new AbortController();
      const quick = new Moody([]);
      const stuck = new Moody([away, away, away]);
      const release = Promise.withResolvers<void>();
      const reader = {
        states: false,
        from: 'beginning',
        alertsMax: 2,
        signal: stop.signal,
      } as const;
      const done =
        (sink: Moody): (() => void) =>
        () => {
          if (sink.taken.length === 5) release.resolve();
        };
      const first = feed(log, quick, { ...reader, name: 'quick', onWritten: done(quick) });
      const second = feed(log, stuck, {
        ...reader,
        name: 'stuck',
        wait: () => release.promise,
        onWritten: () => stuck.taken.length === 5 && stop.abort(),
      });
      await log.write([1, 2, 3, 4, 5].map((number) => sampleAlert(number)));
      await Promise.all([first, second]);
      const ids = [1, 2, 3, 4, 5].map((number) => sampleAlert(number).id);
      expect(quick.taken.map(({ id }) => id)).to.deep.equal(ids);
      expect(stuck.taken.map(({ id }) => id)).to.deep.equal(ids);
    }));

  it('asks a log again that is away, and says when it is back', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const answers = [away, away, 'idle', away, 'a batch'] as const;
    let asked = 0;
    const log = {
      ...new Moody([]),
      async *follow({ onWell }: LogReader): AsyncGenerator<LogBatch> {
        for (; asked < answers.length;) {
          const answer = answers[asked++];
          if (answer instanceof Failure) throw answer;
          if (answer === 'idle') onWell?.();
          else yield { alerts: [sampleAlert(1)], acknowledge: async () => stop.abort() };
        }
      },
    } as unknown as PrimarySink;
    const sink = new Moody([]);
    await feed(log, sink, {
      ...{ name: 'r', states: false, from: 'beginning', signal: stop.signal },
      random: () => 1,
      wait: async () => undefined,
      onTrouble: (_, waitMs) => void told.push(`away ${waitMs}`),
      onRecovered: () => void told.push('back'),
    });
    expect(told).to.deep.equal(['away 200', 'away 400', 'back', 'away 200', 'back']);
    expect(sink.taken).to.have.length(1);
  });

  it('ends with the failure that waiting does not mend', () =>
    inFolder(async (folder) => {
      await using log = await openPrimarySink('sqlite', { path: join(folder, 'alerts.db') });
      await log.write([sampleAlert(1)]);
      const reader = { name: 'r', states: false, from: 'beginning' } as const;
      const feeding = (): Promise<void> =>
        feed(log, new Moody([refused]), { ...reader, signal: neverAborted });
      await expectFailure(feeding, 'peer_refused');
    }));
});

describe('the shelf of sinks', () => {
  it('names each kind once, with a schema that forbids unknown keys', () => {
    const names = sinkKinds.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { settings } of sinkKinds) expect(settings['additionalProperties']).to.equal(false);
  });

  it('opens a kind by its name and settings', () =>
    inFolder(async (folder) => {
      await using sink = await openSink('ndjson', { path: join(folder, 'alerts.ndjson') });
      expect(await sink.write([sampleAlert(1)])).to.include({ created: 1 });
    }));
});
