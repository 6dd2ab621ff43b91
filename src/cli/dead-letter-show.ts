import { isUtf8 } from 'node:buffer';

import type { Letter } from '../sinks/letter.ts';
import { count, counted, utc } from './format.ts';
import { painter, printable } from './terminal-text.ts';

/** Bytes that are shown of a payload which is no text. */
const DUMP_BYTES_MAX = 4096;
const DUMP_WIDTH = 16;

/** Prints a letter for people, or its bytes alone. */
export function showLetter(id: string, letter: Letter, isRaw: boolean): void {
  if (isRaw) {
    process.stdout.write(letter.payload ?? new Uint8Array());
    return;
  }
  const paint = painter(process.stdout);
  const line = (name: string, value: string | undefined): void => {
    if (value === undefined) return;
    process.stdout.write(`${paint('bold', name.padEnd(12))}${value}\n`);
  };
  const { payload, payloadLength, lastOffset, refusedAt, recordTime, key, headers = [] } = letter;
  line('id', id);
  line('reason', printable(letter.reason));
  line('detail', printable(letter.detail));
  line('where', printable(whereOf(letter)));
  line('to offset', lastOffset === undefined ? undefined : count(lastOffset));
  line('refused', refusedAt === undefined ? undefined : utc(refusedAt));
  line('record time', recordTime === undefined ? undefined : utc(recordTime));
  line('key', key === undefined ? undefined : asText(key));
  for (const [name, value] of headers) line('header', `${printable(name)}: ${asText(value)}`);
  const kept = payload === null ? 0 : payload.length;
  const cut = kept < payloadLength ? `, the first ${count(kept)} kept` : '';
  line('payload', payload === null ? 'none' : `${counted(payloadLength, 'byte')}${cut}`);
  if (payload === null || payload.length === 0) return;
  process.stdout.write(`\n${isUtf8(payload) ? asLines(payload) : dump(payload)}\n`);
}

function asText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? printable(Buffer.from(bytes).toString('utf8')) : `0x${hex(bytes)}`;
}

/** A text as it stands on its lines, with everything else made visible. */
function asLines(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').split('\n').map(printable).join('\n');
}

function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, DUMP_BYTES_MAX);
  for (let from = 0; from < end; from += DUMP_WIDTH) {
    const row = bytes.subarray(from, Math.min(from + DUMP_WIDTH, end));
    const digits = (hex(row).match(/../g) ?? []).join(' ').padEnd(DUMP_WIDTH * 3);
    const signs = [...row].map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    lines.push(`${from.toString(16).padStart(6, '0')}  ${digits} ${signs.join('')}`);
  }
  if (end < bytes.length) lines.push(`and ${counted(bytes.length - end, 'byte')} more (--raw)`);
  return lines.join('\n');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Where a record stood: `source:offset`, with the partition where there are several. */
export function whereOf({ position }: Letter): string {
  const { source, partition, offset } = position;
  return partition === 0 ? `${source}:${offset}` : `${source}/${partition}:${offset}`;
}
