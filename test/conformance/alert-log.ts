import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import type { LogReader, PrimarySink } from '../../src/sinks/sink.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { inFolder } from './sinks.ts';

/** What the suite needs of a primary sink. */
export interface LogUnderTest {
  readonly name: string;
  /** Opens the store that this folder names; again with the same folder to resume. */
  readonly open: (folder: string) => Promise<PrimarySink>;
  /** True if states that were overtaken are given too, which a log of messages can not help. */
  readonly keepsEveryState?: boolean;
}

/** An alert as it comes back from a store: without what JSON does not know. */
export function asJson(alert: Alert): unknown {
  return JSON.parse(JSON.stringify(alert));
}

/** Reads this many batches and acknowledges each, or all but the last. */
export async function readLog(
  log: PrimarySink,
  reader: Partial<LogReader>,
  batches: number,
  acknowledgesLast: boolean = true,
): Promise<readonly (readonly unknown[])[]> {
  const stop = new AbortController();
  const read: (readonly unknown[])[] = [];
  const following = log.follow({
    name: 'reader',
    states: false,
    from: 'beginning',
    alertsMax: 10,
    signal: stop.signal,
    ...reader,
  });
  for await (const { alerts, acknowledge } of following) {
    read.push(alerts.map(asJson));
    if (read.length < batches || acknowledgesLast) await acknowledge();
    if (read.length === batches) break;
  }
  return read;
}

/** Reads and acknowledges batches until this many alerts have come. */
async function readAlerts(
  log: PrimarySink,
  reader: Partial<LogReader>,
  count: number,
): Promise<readonly unknown[]> {
  const read: unknown[] = [];
  const signal = new AbortController().signal;
  const complete = { name: 'reader', states: false, from: 'beginning', alertsMax: 10 } as const;
  for await (const batch of log.follow({ ...complete, signal, ...reader })) {
    read.push(...batch.alerts.map(asJson));
    await batch.acknowledge();
    if (read.length >= count) break;
  }
  return read;
}

/** The promises of a log that other sinks read. */
export function describeAlertLog({ name, open, keepsEveryState = false }: LogUnderTest): void {
  const alerts = (...numbers: readonly number[]): Alert[] =>
    numbers.map((number) => sampleAlert(number));
  const json = (...numbers: readonly number[]): unknown[] => alerts(...numbers).map(asJson);
  const ids = (batches: readonly (readonly unknown[])[]): unknown[] =>
    batches.flat().map((alert) => Object(alert).id);

  describe(`${name} keeps the promises of a log`, () => {
    it('gives back what it took, in its order, in batches', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        await log.write(alerts(3, 1, 2));
        const read = await readLog(log, { alertsMax: 2 }, 2);
        expect(read).to.deep.equal([json(3, 1), json(2)]);
      }));

    it('continues behind what was acknowledged, and gives the rest again', () =>
      inFolder(async (folder) => {
        {
          await using log = await open(folder);
          await log.write(alerts(1, 2, 3));
          expect(await readLog(log, { alertsMax: 1 }, 2, false)).to.deep.equal([json(1), json(2)]);
        }
        await using log = await open(folder);
        expect(await readLog(log, {}, 1)).to.deep.equal([json(2, 3)]);
      }));

    it('has a position for each reader', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        await log.write(alerts(1));
        await readLog(log, { name: 'fast' }, 1);
        await log.write(alerts(2));
        expect(await readLog(log, { name: 'fast' }, 1)).to.deep.equal([json(2)]);
        expect(await readLog(log, { name: 'slow' }, 1)).to.deep.equal([json(1, 2)]);
      }));

    it('lets a new reader begin at the end, and skips nothing after that', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        await log.write(alerts(1));
        const stop = new AbortController();
        const reader = { name: 'n', states: false, from: 'now', alertsMax: 9 } as const;
        const following = log.follow({ ...reader, signal: stop.signal });
        const first = following[Symbol.asyncIterator]().next();
        stop.abort();
        expect(await first).to.include({ done: true });
        await log.write(alerts(2));
        expect(await readLog(log, reader, 1)).to.deep.equal([json(2)]);
      }));

    it('waits for what comes', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        const reading = readLog(log, {}, 1);
        await log.write(alerts(1));
        expect(await reading).to.deep.equal([json(1)]);
      }));

    it('gives an alert once as it opened to a reader that keeps no states', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        await log.write(alerts(1));
        await readLog(log, {}, 1);
        await log.write([sampleAlert(1, { version: 9, hasDocument: false }), ...alerts(2)]);
        expect(ids(await readLog(log, {}, 1))).to.deep.equal([sampleAlert(2).id]);
      }));

    it('gives the latest state to a reader that keeps states', () =>
      inFolder(async (folder) => {
        await using log = await open(folder);
        const reader = { states: true };
        await log.write(alerts(1, 2));
        await readAlerts(log, reader, keepsEveryState ? 4 : 2);
        for (const version of [5, 9, 7]) {
          await log.write([sampleAlert(1, { version, hasDocument: false })]);
        }
        const read = await readAlerts(log, reader, keepsEveryState ? 3 : 1);
        const versions = read.map((alert) => Object(alert).state.version);
        expect(versions).to.deep.equal(keepsEveryState ? [5, 9, 7] : [9]);
        const [latest] = read.filter((alert) => Object(alert).state.version === 9);
        expect(Object(latest).state).to.deep.equal(
          Object(asJson(sampleAlert(1, { version: 9 }))).state,
        );
      }));
  });
}
