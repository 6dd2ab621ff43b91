import { expect } from 'chai';
import fc from 'fast-check';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { queryOsquery } from '../../../src/workbench/osquery/client.ts';
import {
  callWithText,
  Incomplete,
  ProtocolError,
  readQueryReply,
} from '../../../src/workbench/osquery/thrift.ts';

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int32(bytes.length), bytes]);
}

function field(type: number, id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeInt8(type, 0);
  head.writeInt16BE(id, 1);
  return Buffer.concat([head, value]);
}

const STOP = Buffer.from([0]);

function message(kind: number, body: Buffer, sequence = 1): Buffer {
  const version = Buffer.from([0x80, 0x01, 0, kind]);
  return Buffer.concat([version, text('query'), int32(sequence), body]);
}

function status(code: number, said: string): Buffer {
  const parts = [
    field(8, 1, int32(code)),
    field(11, 2, text(said)),
    field(10, 3, Buffer.alloc(8)),
    STOP,
  ];
  return field(12, 1, Buffer.concat(parts));
}

function rowsField(rows: readonly Readonly<Record<string, string>>[]): Buffer {
  const maps = rows.map((row) => {
    const pairs = Object.entries(row).flatMap(([key, value]) => [text(key), text(value)]);
    return Buffer.concat([Buffer.from([11, 11]), int32(pairs.length / 2), ...pairs]);
  });
  return field(15, 2, Buffer.concat([Buffer.from([13]), int32(rows.length), ...maps]));
}

function reply(
  code: number,
  said: string,
  rows: readonly Readonly<Record<string, string>>[],
): Buffer {
  const response = Buffer.concat([status(code, said), rowsField(rows), STOP]);
  return message(2, Buffer.concat([field(12, 0, response), STOP]));
}

describe('osquery protocol', () => {
  it('asks in the strict binary form', () => {
    const asked = callWithText('query', 1, 'SELECT 1');
    expect(asked.toString('hex')).to.equal(
      '80010001' +
        '00000005' +
        '7175657279' +
        '00000001' +
        '0b0001' +
        '00000008' +
        '53454c4543542031' +
        '00',
    );
  });

  it('reads rows and status, and passes over fields that it does not know', () => {
    const rows = [
      { name: 'bash', pid: '1' },
      { name: 'ü', pid: '-1' },
    ];
    const unknown = [
      field(2, 9, Buffer.from([1])),
      field(4, 9, Buffer.alloc(8)),
      field(6, 9, Buffer.alloc(2)),
      field(13, 9, Buffer.concat([Buffer.from([11, 8]), int32(1), text('k'), int32(7)])),
      field(14, 9, Buffer.concat([Buffer.from([3]), int32(2), Buffer.from([1, 2])])),
      field(12, 9, Buffer.concat([field(8, 1, int32(1)), STOP])),
    ];
    const response = Buffer.concat([...unknown, status(0, 'OK'), rowsField(rows), STOP]);
    const answer = readQueryReply(message(2, Buffer.concat([field(12, 0, response), STOP])));
    expect(answer.rows.map((row) => Object.fromEntries(row))).to.deep.equal(rows);
    expect({ code: answer.code, message: answer.message }).to.deep.equal({
      code: 0,
      message: 'OK',
    });
  });

  it('waits for the rest of every beginning', () => {
    const whole = reply(0, 'OK', [{ a: '1' }]);
    for (let end = 0; end < whole.length; end++) {
      expect(() => readQueryReply(whole.subarray(0, end)), String(end)).to.throw(Incomplete);
    }
  });

  const broken: readonly (readonly [string, Buffer])[] = [
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a call', message(1, STOP)],
    ['an exception', message(3, Buffer.concat([field(11, 1, text('failed')), STOP]))],
    ['a negative length', message(2, field(12, 0, field(11, 7, int32(-1))))],
    ['an unknown type', message(2, field(12, 0, field(99, 7, int32(1))))],
    [
      'structs without end',
      message(2, Buffer.concat(Array.from({ length: 40 }, () => field(12, 0, Buffer.alloc(0))))),
    ],
    [
      'lists without end',
      message(
        2,
        Buffer.concat([
          field(15, 5, Buffer.alloc(0)),
          ...Array.from({ length: 40 }, () => Buffer.concat([Buffer.from([15]), int32(1)])),
        ]),
      ),
    ],
  ];
  for (const [what, bytes] of broken) {
    it(`refuses ${what}`, () => {
      expect(() => readQueryReply(bytes)).to.throw(ProtocolError);
    });
  }

  it('takes a count for what it is: no more than there are bytes', () => {
    const rows = field(15, 2, Buffer.concat([Buffer.from([13]), int32(0x7fffffff)]));
    expect(() => readQueryReply(message(2, field(12, 0, rows)))).to.throw(Incomplete);
  });

  it('throws nothing else, whatever comes', () => {
    const whole = reply(0, 'OK', [{ name: 'bash', pid: '1' }]);
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    const property = fc.property(edits, (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      try {
        readQueryReply(bytes);
      } catch (error) {
        if (!(error instanceof Incomplete) && !(error instanceof ProtocolError)) throw error;
      }
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

describe('osquery client', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-osquery-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Asks a server that answers with these pieces, then hangs or ends. */
  async function ask(pieces: readonly Buffer[], ends = false): Promise<unknown> {
    const socket = join(folder, 'osquery.em');
    const server = createServer((peer) => {
      peer.on('error', () => undefined);
      peer.once('data', () => {
        for (const piece of pieces) peer.write(piece);
        if (ends) peer.end();
      });
    });
    server.listen(socket);
    await once(server, 'listening');
    try {
      const rows = await queryOsquery('SELECT 1', { socket, timeoutMs: 300 });
      return rows.map((row) => Object.fromEntries(row));
    } catch (error) {
      return error instanceof Error ? error.message.replace(socket, 'SOCKET') : error;
    } finally {
      server.close();
    }
  }

  it('puts an answer together that comes in pieces', async () => {
    const whole = reply(0, 'OK', [{ a: '1' }]);
    const pieces = [...whole].map((byte) => Buffer.from([byte]));
    expect(await ask(pieces)).to.deep.equal([{ a: '1' }]);
  });

  const failures: readonly (readonly [string, readonly Buffer[], boolean, string])[] = [
    [
      'a refused query',
      [reply(1, 'near "X": syntax error', [])],
      false,
      'osquery refused the query: near "X": syntax error',
    ],
    [
      'an answer that ends early',
      [reply(0, 'OK', []).subarray(0, 9)],
      true,
      'SOCKET: the answer ends early',
    ],
    ['no answer', [], false, 'SOCKET: no answer within 300 ms'],
    [
      'another protocol',
      [Buffer.from('220 mail.example ESMTP\r\n')],
      false,
      'this is no osquery extension socket',
    ],
  ];
  for (const [what, pieces, ends, said] of failures) {
    it(`says what went wrong: ${what}`, async () => {
      expect(await ask(pieces, ends)).to.equal(said);
    });
  }

  it('says where a socket comes from when there is none', async () => {
    const socket = join(folder, 'none');
    const asked = queryOsquery('SELECT 1', { socket, timeoutMs: 300 });
    const said = await asked.catch((error: unknown) => String(error));
    expect(said).to.include('no such socket; osqueryd makes it at --extensions_socket');
  });
});
