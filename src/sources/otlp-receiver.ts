import { busy, isSameSecret, refusal } from './http-server.ts';
import type { HttpAnswer, HttpQuestion, HttpRoutes } from './http-server.ts';
import { parseKeepingDigits } from './json-digits.ts';
import type { Spool } from './spool.ts';

/** Where senders of OTLP/HTTP put logs (OpenTelemetry protocol specification). */
export const OTLP_LOGS_PATH = '/v1/logs';

const BEARER = /^Bearer (.+)$/i;
const NEWLINES = /[\r\n]+/g;

/**
 * The OTLP/HTTP receiver for logs in JSON. Senders authenticate with `Authorization: Bearer SECRET`
 * (`OTEL_EXPORTER_OTLP_HEADERS`). A batch is answered when it is on the disk; a full spool answers 429, which
 * senders try again.
 */
export function otlpRoutes(spool: Spool, secret: string): HttpRoutes {
  return new Map([[`POST ${OTLP_LOGS_PATH}`, (question) => receive(question, spool, secret)]]);
}

async function receive(
  { body, headers }: HttpQuestion,
  spool: Spool,
  secret: string,
): Promise<HttpAnswer> {
  const given = BEARER.exec(headers.authorization ?? '')?.[1] ?? '';
  if (!isSameSecret(given, secret)) return refusal(401, 'authorization: Bearer SECRET is missing');
  const type = headers['content-type']?.split(';', 1)[0]?.trim();
  if (type !== 'application/json') {
    return refusal(415, 'content-type: only application/json; set the protocol to http/json');
  }
  const text = body.toString('utf8');
  const batch = batchOf(text);
  if (batch === undefined) return refusal(400, 'the body is no JSON object with resourceLogs');
  if (spool.isFullFor(body.length)) return busy('the spool is full');
  // Line breaks stand only between the parts of JSON, never inside a text.
  const isShort = body.length <= RECORD_BYTES_MAX;
  await spool.append(isShort ? [text.replace(NEWLINES, ' ')] : linesOf(batch));
  return { status: 200, body: { partialSuccess: {} } };
}

/** What decoders read at most; a longer batch is spooled as one line for each of its log records. */
const RECORD_BYTES_MAX = 1024 * 1024;

interface Batch {
  readonly resourceLogs: readonly ResourceLogs[];
}
interface ResourceLogs {
  readonly resource?: unknown;
  readonly scopeLogs?: readonly { readonly scope?: unknown; readonly logRecords?: unknown }[];
}

function linesOf({ resourceLogs }: Batch): readonly string[] {
  const lines: string[] = [];
  for (const { resource, scopeLogs } of resourceLogs) {
    for (const { scope, logRecords } of Array.isArray(scopeLogs) ? scopeLogs : []) {
      for (const record of Array.isArray(logRecords) ? (logRecords as readonly unknown[]) : []) {
        const one = { resource, scopeLogs: [{ scope, logRecords: [record] }] };
        lines.push(JSON.stringify({ resourceLogs: [one] }));
      }
    }
  }
  return lines;
}

function batchOf(text: string): Batch | undefined {
  try {
    const batch = parseKeepingDigits(text) as Batch | null;
    const isBatch =
      typeof batch === 'object' &&
      Array.isArray(batch?.resourceLogs) &&
      batch.resourceLogs.every((each) => typeof each === 'object' && each !== null);
    return isBatch ? batch : undefined;
  } catch {
    return undefined;
  }
}
