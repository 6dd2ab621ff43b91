import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

import { decodeRecord } from '../runtime/decoding.ts';
import { openFailure, writeFailure } from '../sinks/file-failure.ts';
import { ALERT_SOURCE, recordOf, type Letter } from '../sinks/letter.ts';
import type { IdentifiedLetter } from './dead-letter-place.ts';
import { EXIT } from './exit.ts';
import { counted } from './format.ts';
import { inputDecoder } from './input.ts';

export interface ReplayOptions {
  readonly to: string;
  readonly inputFormat: string;
  readonly force: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

/**
 * Decodes letters again and writes the bytes of those that are understood by now, one record a line.
 * What became of the others is told on standard error.
 */
export async function replayLetters(
  letters: AsyncIterable<IdentifiedLetter>,
  { to, inputFormat, force }: ReplayOptions,
): Promise<number> {
  const decoder = inputDecoder(inputFormat);
  const told = { written: 0, refused: 0, cut: 0, alerts: 0 };
  await using target = await openTarget(to);
  for await (const { letter } of letters) {
    if (letter.position.source === ALERT_SOURCE) {
      told.alerts++;
    } else if (letter.payload === null || letter.payload.length < letter.payloadLength) {
      told.cut++;
    } else if (force || decodeRecord(decoder, recordOf(letter)).problem === undefined) {
      told.written++;
      await target.write(onOneLine(letter.payload));
    } else {
      told.refused++;
    }
  }
  const parts = [
    counted(told.written, 'record') + (to === '-' ? ' written' : ` written to ${to}`),
    told.refused === 0 ? '' : `${counted(told.refused, 'record')} still not understood`,
    told.cut === 0 ? '' : `${counted(told.cut, 'record')} without all of its bytes`,
    told.alerts === 0
      ? ''
      : `${counted(told.alerts, 'alert document')} passed over (they are stored in reduced form)`,
  ];
  process.stderr.write(`${parts.filter((part) => part !== '').join(', ')}\n`);
  return EXIT.ran;
}

interface Target extends AsyncDisposable {
  write(line: Buffer): Promise<void>;
}

async function openTarget(to: string): Promise<Target> {
  if (to === '-') {
    return {
      write: (line) => writeTo(process.stdout, line),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  // Opened before anything is read: a place that can not be is told first.
  const handle = await open(to, 'w', 0o600).catch((cause: unknown) => {
    throw openFailure(to, cause);
  });
  const stream = createWriteStream(to, { fd: handle });
  let broken: Error | undefined;
  stream.on('error', (cause) => {
    broken = cause;
  });
  return {
    write: async (line) => {
      if (broken !== undefined) throw writeFailure(to, broken);
      await writeTo(stream, line);
    },
    [Symbol.asyncDispose]: async () => {
      stream.end();
      if (!stream.closed) await once(stream, 'close');
      if (broken !== undefined) throw writeFailure(to, broken);
    },
  };
}

async function writeTo(stream: Writable, line: Buffer): Promise<void> {
  if (!stream.write(line)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
}

/**
 * The bytes with a newline at their end and none within. In JSON line ends stand between values
 * only, so blanks in their place change nothing.
 */
function onOneLine(payload: NonNullable<Letter['payload']>): Buffer {
  const line = Buffer.alloc(payload.length + 1, NEWLINE);
  line.set(payload);
  for (let at = 0; at < payload.length; at++) {
    if (line[at] === NEWLINE || line[at] === RETURN) line[at] = BLANK;
  }
  return line;
}
