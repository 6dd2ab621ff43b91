import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RawRecord } from '../../src/event/record.ts';
import { openDeadLetter } from '../../src/sinks/dead-letter.ts';
import { alertRecord } from '../../src/sinks/letter.ts';
import { inFolder } from '../conformance/sinks.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { launch, ndjson, tidegate } from './command.ts';

const UNDERSTOOD = launch({ second: 1, image: 'C:\\tool.exe' });

function recordOf(offset: number, payload: string | Uint8Array | null): RawRecord {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return { payload: bytes, position: { source: 'telemetry', partition: 3, offset } };
}

/** A dead letter with one of each kind. */
async function withLetters(action: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, '.tidegate', 'dead-letter.ndjson');
    {
      await using letters = openDeadLetter({ path, now: () => Date.parse('2026-11-26T12:00:00Z') });
      letters.add(recordOf(10, '{"not": "known", "n": \u001b[31m}'), {
        reason: 'invalid_json',
        detail: 'at \u001b[31m',
      });
      letters.add(recordOf(11, UNDERSTOOD.replace(',"', ',\n"')), {
        reason: 'unknown_format',
        detail: 'an older version',
      });
      letters.add(recordOf(12, new Uint8Array([0xff, 0, 0x41])), {
        reason: 'invalid_utf8',
        detail: '3 bytes',
      });
      letters.add(recordOf(13, null), { reason: 'too_large', detail: '90 MB' });
      letters.add(alertRecord(sampleAlert(1)), { reason: 'document_refused', detail: 'conflict' });
    }
    await writeFile(path, `${await readFile(path, 'utf8')}{"torn`);
    await action(folder);
  });
}

describe('tidegate dead-letter', () => {
  it('lists what was refused, with reasons and counts, and nothing that moves a terminal', () =>
    withLetters(async (folder) => {
      const { code, stdout, stderr } = await tidegate(['dead-letter', 'list'], { cwd: folder });
      expect(code).to.equal(0);
      expect(stdout).to.match(/ 2 {2}2026-11-26 12:00:00Z {2}unknown_format +telemetry\/3:11 /);
      expect(stdout).to.include('5 records: invalid_json 1, unknown_format 1');
      expect(stdout).to.not.include('\u001b');
      expect(stderr).to.include('1 letter can not be read');
    }));

  it('lists for machines', () =>
    withLetters(async (folder) => {
      const args = ['dead-letter', 'list', '--json', '--limit', '1'];
      const { stdout } = await tidegate(args, { cwd: folder });
      const { letters, total, reasons } = JSON.parse(stdout);
      expect([letters.length, total]).to.deep.equal([1, 5]);
      expect(letters[0]).to.include({ id: '5', reason: 'document_refused' });
      expect(reasons).to.include({ too_large: 1 });
      const lines = await tidegate(['dead-letter', 'list', '--output', 'ndjson'], { cwd: folder });
      expect(ndjson(lines.stdout)[1]).to.deep.equal({
        id: '2',
        reason: 'unknown_format',
        detail: 'an older version',
        refusedAt: '2026-11-26T12:00:00.000Z',
        recordTime: null,
        source: 'telemetry',
        partition: 3,
        offset: 11,
        bytes: UNDERSTOOD.length + 1,
      });
    }));

  it('lists one reason, under the numbers that show takes', () =>
    withLetters(async (folder) => {
      const args = ['dead-letter', 'list', '--reason', 'invalid_utf8', '--output', 'ndjson'];
      const { stdout } = await tidegate(args, { cwd: folder });
      expect(ndjson(stdout).map((letter) => Object(letter).id)).to.deep.equal(['3']);
    }));

  it('shows a text, made safe, and other bytes as numbers', () =>
    withLetters(async (folder) => {
      const text = await tidegate(['dead-letter', 'show', '1'], { cwd: folder });
      expect(text.stdout).to.include('{"not": "known", "n": \\u{1b}[31m}');
      const bytes = await tidegate(['dead-letter', 'show', '3'], { cwd: folder });
      expect(bytes.stdout).to.match(/000000 {2}ff 00 41 +\.\.A/);
    }));

  it('gives the bytes as they are', () =>
    withLetters(async (folder) => {
      const args = ['dead-letter', 'show', '1', '--raw'];
      const { stdout } = await tidegate(args, { cwd: folder });
      expect(stdout).to.equal('{"not": "known", "n": \u001b[31m}');
    }));

  it('replays what is understood by now, one record a line, and says what is not', () =>
    withLetters(async (folder) => {
      const { code, stdout, stderr } = await tidegate(['dead-letter', 'replay'], { cwd: folder });
      expect(code).to.equal(0);
      expect(ndjson(stdout)).to.deep.equal([JSON.parse(UNDERSTOOD)]);
      expect(stderr).to.include(
        '1 record written, 2 records still not understood, 1 record without all of its bytes, ' +
          '1 alert document passed over',
      );
    }));

  it('replays into a file, and everything if it must', () =>
    withLetters(async (folder) => {
      const to = join(folder, 'again.ndjson');
      await tidegate(['dead-letter', 'replay', '--to', to, '--force'], { cwd: folder });
      expect((await readFile(to)).filter((byte) => byte === 0x0a)).to.have.length(3);
    }));

  const mistakes: readonly (readonly [readonly string[], string])[] = [
    [['show', '9'], 'there is no letter 9'],
    [['list', '--topic', 't', '--brokers', 'x'], 'Kafka: brokers.0'],
    [['list', '--limit', '0'], "--limit: '0'"],
    [['list', 'none.ndjson'], 'none.ndjson: no such file'],
    [['list', '--data-dir', 'elsewhere'], 'nothing was refused, or not here'],
    [['replay', '--input-format', 'x'], 'unknown format'],
  ];
  for (const [args, words] of mistakes) {
    it(`names the mistake in ${args.join(' ')}`, () =>
      withLetters(async (folder) => {
        const { code, stderr } = await tidegate(['dead-letter', ...args], { cwd: folder });
        expect([code, stderr.includes(words)], stderr).to.deep.equal([2, true]);
      }));
  }

  it('reads what scan refused, and gives it to scan again', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'in.ndjson'), 'no\nrecord\n');
      await tidegate(['decode', 'in.ndjson', '--no-progress'], { cwd: folder });
      const { stdout } = await tidegate(['dead-letter', 'list'], { cwd: folder });
      expect(stdout).to.include('2 records: unknown_format 2');
    }));
});
