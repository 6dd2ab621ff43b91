import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import { Failure } from '../../src/base/failure.ts';
import { NOTHING_WRITTEN, type Sink } from '../../src/sinks/sink.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';

/** What the suite needs of a sink. */
export interface SinkUnderTest {
  readonly name: string;
  /** True if a growing episode's states are kept, not only the documents. */
  readonly keepsStates: boolean;
  /** Opens the sink over a place that this folder names; again with the same folder to resume. */
  readonly open: (folder: string) => Promise<Sink>;
  /** Everything that a reader of that place finds now, in a fixed order. */
  readonly content: (folder: string) => Promise<readonly unknown[]>;
}

/** Runs an action in an empty folder of its own. */
export async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-sink-'));
  try {
    await action(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Asserts that this ends in the named failure. */
export async function expectFailure(
  action: () => Promise<unknown>,
  code: string,
): Promise<Failure> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.code).to.equal(code);
    return error;
  }
  throw new Error(`expected the failure ${code}, but it succeeded`);
}

/** The promises that every sink keeps. */
export function describeSink({ name, keepsStates, open, content }: SinkUnderTest): void {
  const batch = (from: number, to: number): Alert[] =>
    Array.from({ length: to - from }, (_, index) => sampleAlert(from + index));
  const write = async (folder: string, ...batches: readonly Alert[][]): Promise<void> => {
    await using sink = await open(folder);
    for (const alerts of batches) await sink.write(alerts);
  };

  describe(`${name} keeps the promises of a sink`, () => {
    it('holds what was acknowledged, before it is closed', () =>
      inFolder(async (folder) => {
        await using sink = await open(folder);
        const receipt = await sink.write(batch(0, 3));
        expect(receipt).to.include({ created: 3, alreadyThere: 0 });
        expect(await content(folder)).to.have.length(3);
      }));

    it('takes an empty batch', () =>
      inFolder(async (folder) => {
        await using sink = await open(folder);
        const receipt = await sink.write([]);
        expect(receipt).to.deep.equal(NOTHING_WRITTEN);
        expect(await content(folder)).to.deep.equal([]);
      }));

    it('writes the same batch twice as once', () =>
      inFolder(async (folder) => {
        await using sink = await open(folder);
        await sink.write(batch(0, 3));
        const once = await content(folder);
        const receipt = await sink.write(batch(0, 3));
        expect(receipt).to.include({ created: 0, alreadyThere: 3 });
        expect(await content(folder)).to.deep.equal(once);
      }));

    it('writes an alert once that stands twice in a batch', () =>
      inFolder(async (folder) => {
        await using sink = await open(folder);
        const receipt = await sink.write([sampleAlert(1), sampleAlert(1)]);
        expect(receipt).to.include({ created: 1, alreadyThere: 1 });
        expect(await content(folder)).to.have.length(1);
      }));

    it('never changes a document that is there', () =>
      inFolder(async (folder) => {
        await write(folder, [sampleAlert(1)]);
        const before = await content(folder);
        const { state, document, ...alert } = sampleAlert(1);
        await write(folder, [{ ...alert, state, document: { ...document, message: 'changed' } }]);
        expect(await content(folder)).to.deep.equal(before);
      }));

    it('stopped in the middle and resumed, holds what an uninterrupted run holds', () =>
      inFolder(async (folder) => {
        await inFolder(async (other) => {
          await write(folder, batch(0, 5), batch(5, 9));
          await write(other, batch(0, 5));
          // As after a crash between the sink's answer and the checkpoint: the batch comes again.
          await write(other, batch(0, 5), batch(5, 9));
          expect(await content(other)).to.deep.equal(await content(folder));
        });
      }));

    it('does not write a document for an episode that only grew', () =>
      inFolder(async (folder) => {
        await using sink = await open(folder);
        await sink.write([sampleAlert(1)]);
        const receipt = await sink.write([sampleAlert(1, { version: 9, hasDocument: false })]);
        const states = keepsStates ? { advanced: 1, passed: 0 } : { advanced: 0, passed: 1 };
        expect(receipt).to.deep.equal({ ...NOTHING_WRITTEN, ...states });
        expect(await content(folder)).to.have.length(1);
      }));

    it('closes twice', () =>
      inFolder(async (folder) => {
        const sink = await open(folder);
        await sink.write(batch(0, 1));
        await sink[Symbol.asyncDispose]();
        await sink[Symbol.asyncDispose]();
        expect(await content(folder)).to.have.length(1);
      }));

    it('refuses to write after it was closed', () =>
      inFolder(async (folder) => {
        const sink = await open(folder);
        await sink[Symbol.asyncDispose]();
        const failure = await expectFailure(() => sink.write(batch(0, 1)), 'store_closed');
        expect(failure.retryable).to.equal(false);
      }));
  });
}
