// The part of Thrift's binary protocol that osquery's extension interface uses (Thrift specification,
// "thrift-binary-protocol"; osquery's osquery.thrift). Strict: every message begins with the version.

const VERSION = 0x80010000;
const CALL = 1;
const REPLY = 2;
const EXCEPTION = 3;

const STOP = 0;
const BOOL = 2;
const BYTE = 3;
const DOUBLE = 4;
const I16 = 6;
const I32 = 8;
const I64 = 10;
const STRING = 11;
const STRUCT = 12;
const MAP = 13;
const SET = 14;
const LIST = 15;

const DEPTH_MAX = 16;
// No field of a skipped struct is shorter than this, so a count can not promise more than there are bytes.
const ELEMENT_BYTES_MIN = 1;

/** The bytes end before the message does: more must be read. */
export class Incomplete extends Error {
  override readonly name: string = 'Incomplete';
}

/** The bytes are no message that is understood. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';
}

/** A message that calls a function with one text argument, the field 1. */
export function callWithText(name: string, sequence: number, text: string): Buffer {
  const nameBytes = Buffer.from(name);
  const textBytes = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(VERSION + CALL, 0);
  head.writeInt32BE(nameBytes.length, 4);
  const argument = Buffer.alloc(4 + 3 + 4);
  argument.writeInt32BE(sequence, 0);
  argument.writeInt8(STRING, 4);
  argument.writeInt16BE(1, 5);
  argument.writeInt32BE(textBytes.length, 7);
  return Buffer.concat([head, nameBytes, argument, textBytes, Buffer.from([STOP])]);
}

/** What `query` answered: osquery's status, and the rows in column order. */
export interface QueryAnswer {
  readonly sequence: number;
  readonly code: number;
  readonly message: string;
  readonly rows: readonly ReadonlyMap<string, string>[];
}

/** Reads the reply to a query; throws Incomplete while bytes are missing, ProtocolError if it is none. */
export function readQueryReply(bytes: Buffer): QueryAnswer {
  const reader = new Reader(bytes);
  const { kind, sequence } = reader.header();
  if (kind === EXCEPTION) throw new ProtocolError(`osquery answered: ${reader.exception()}`);
  if (kind !== REPLY)
    throw new ProtocolError(`a reply was expected, not a message of kind ${kind}`);
  let answer: QueryAnswer = { sequence, code: -1, message: 'no result', rows: [] };
  reader.struct((id, type) => {
    if (id !== 0 || type !== STRUCT) return false;
    answer = { sequence, ...reader.response() };
    return true;
  });
  return answer;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  header(): { readonly kind: number; readonly sequence: number } {
    const version = this.#take(4).readUInt32BE();
    if ((version & 0xffff0000) >>> 0 !== VERSION) {
      throw new ProtocolError('this is no osquery extension socket');
    }
    this.#text();
    return { kind: version & 0xff, sequence: this.#take(4).readInt32BE() };
  }

  /** TApplicationException: 1 is its message. */
  exception(): string {
    let message = 'an error without a message';
    this.struct((id, type) => {
      if (id !== 1 || type !== STRING) return false;
      message = this.#text();
      return true;
    });
    return message;
  }

  /** ExtensionResponse: 1 status, 2 list of rows. */
  response(): Omit<QueryAnswer, 'sequence'> {
    let code = -1;
    let message = '';
    let rows: readonly ReadonlyMap<string, string>[] = [];
    this.struct((id, type) => {
      if (id === 1 && type === STRUCT) {
        ({ code, message } = this.#status());
        return true;
      }
      if (id !== 2 || type !== LIST) return false;
      rows = this.#rows();
      return true;
    });
    return { code, message, rows };
  }

  /** Calls `read` for each field of a struct; what it does not read is passed over. */
  struct(read: (id: number, type: number) => boolean): void {
    if (++this.#depth > DEPTH_MAX) throw new ProtocolError('the answer is nested too deeply');
    for (let type = this.#byte(); type !== STOP; type = this.#byte()) {
      const id = this.#take(2).readInt16BE();
      if (!read(id, type)) this.#skip(type);
    }
    this.#depth -= 1;
  }

  #status(): { readonly code: number; readonly message: string } {
    let code = -1;
    let message = '';
    this.struct((id, type) => {
      if (id === 1 && type === I32) code = this.#take(4).readInt32BE();
      else if (id === 2 && type === STRING) message = this.#text();
      else return false;
      return true;
    });
    return { code, message };
  }

  #rows(): readonly ReadonlyMap<string, string>[] {
    const type = this.#byte();
    const count = this.#count();
    if (type !== MAP && count > 0) throw new ProtocolError('rows are no maps');
    const rows: ReadonlyMap<string, string>[] = [];
    for (let index = 0; index < count; index++) rows.push(this.#row());
    return rows;
  }

  #row(): ReadonlyMap<string, string> {
    const keyType = this.#byte();
    const valueType = this.#byte();
    const count = this.#count();
    if (count > 0 && (keyType !== STRING || valueType !== STRING)) {
      throw new ProtocolError('a row is no map of texts');
    }
    const row = new Map<string, string>();
    for (let index = 0; index < count; index++) row.set(this.#text(), this.#text());
    return row;
  }

  #skip(type: number): void {
    if (type === STRUCT) this.struct(() => false);
    else if (type === STRING) this.#take(this.#count());
    else if (type === LIST || type === SET) this.#skipMany([this.#byte()]);
    else if (type === MAP) this.#skipMany([this.#byte(), this.#byte()]);
    else this.#take(sizeOf(type));
  }

  #skipMany(types: readonly number[]): void {
    if (++this.#depth > DEPTH_MAX) throw new ProtocolError('the answer is nested too deeply');
    const count = this.#count();
    for (let index = 0; index < count; index++) for (const type of types) this.#skip(type);
    this.#depth -= 1;
  }

  #text(): string {
    return this.#take(this.#count()).toString('utf8');
  }

  // A count is of bytes or of elements, each of which has at least one byte.
  #count(): number {
    const count = this.#take(4).readInt32BE();
    if (count < 0) throw new ProtocolError('a negative length');
    if (count * ELEMENT_BYTES_MIN > this.#bytes.length - this.#at) throw new Incomplete();
    return count;
  }

  #byte(): number {
    return this.#take(1).readInt8();
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new Incomplete();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function sizeOf(type: number): number {
  switch (type) {
    case BOOL:
    case BYTE:
      return 1;
    case I16:
      return 2;
    case I32:
      return 4;
    case I64:
    case DOUBLE:
      return 8;
    default:
      throw new ProtocolError(`an unknown type ${type}`);
  }
}
