import { connect } from 'node:net';

import { Failure } from '../../base/failure.ts';
import { callWithText, Incomplete, ProtocolError, readQueryReply } from './thrift.ts';
import type { QueryAnswer } from './thrift.ts';

export interface QueryOptions {
  /** osquery's extension socket (`--extensions_socket`). */
  readonly socket: string;
  readonly timeoutMs: number;
}

/** The largest answer that is read: a query without a LIMIT over a large table. */
export const ANSWER_BYTES_MAX: number = 64 * 1024 * 1024;

const SEQUENCE = 1;

/** Runs one query in a live osquery and returns its rows. Throws a Failure where there is no answer. */
export async function queryOsquery(
  sql: string,
  options: QueryOptions,
): Promise<readonly ReadonlyMap<string, string>[]> {
  const answer = await ask(callWithText('query', SEQUENCE, sql), options);
  if (answer.sequence !== SEQUENCE) throw failure('osquery answered another question');
  if (answer.code !== 0) throw failure(`osquery refused the query: ${answer.message}`);
  return answer.rows;
}

function ask(message: Buffer, { socket, timeoutMs }: QueryOptions): Promise<QueryAnswer> {
  return new Promise((resolve, reject) => {
    const stream = connect(socket);
    const chunks: Buffer[] = [];
    let bytes = 0;
    // A message is read again only when what is there has doubled, so that a long one costs little.
    let readAgainAt = 0;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      stream.destroy();
      settle();
    };
    const fail = (text: string, cause?: unknown): void => end(() => reject(failure(text, cause)));
    const timer = setTimeout(() => fail(`${socket}: no answer within ${timeoutMs} ms`), timeoutMs);
    const tryRead = (): void => {
      try {
        const answer = readQueryReply(Buffer.concat(chunks, bytes));
        end(() => resolve(answer));
      } catch (error) {
        if (!(error instanceof Incomplete)) {
          fail(
            error instanceof ProtocolError ? error.message : 'the answer can not be read',
            error,
          );
        }
      }
    };
    stream.on('connect', () => stream.write(message));
    stream.on('data', (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) {
        fail(`the answer is longer than ${ANSWER_BYTES_MAX} bytes; add a LIMIT to the query`);
      } else if (bytes >= readAgainAt) {
        readAgainAt = bytes > 1_000_000 ? bytes * 1.25 : bytes;
        tryRead();
      }
    });
    // osquery keeps the connection open, so the end of a long answer is looked for when it pauses, too.
    const idle = setInterval(() => {
      if (bytes > 0) tryRead();
    }, 50);
    stream.on('close', () => clearInterval(idle));
    stream.on('end', () => {
      tryRead();
      fail(`${socket}: the answer ends early`);
    });
    stream.on('error', (error: NodeJS.ErrnoException) => fail(explain(socket, error), error));
  });
}

function explain(socket: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') {
    return `${socket}: no such socket; osqueryd makes it at --extensions_socket, osqueryi with --nodisable_extensions`;
  }
  if (error.code === 'EACCES') return `${socket}: permission denied; osquery's socket is root's`;
  if (error.code === 'ECONNREFUSED') return `${socket}: nobody listens there: is osquery running?`;
  return `${socket}: ${error.message}`;
}

function failure(message: string, cause?: unknown): Failure {
  return new Failure('source_unreadable', { message, retryable: false, cause });
}
