import { createHmac } from 'node:crypto';

import { busy, isSameSecret, refusal } from './http-server.ts';
import type { HttpAnswer, HttpQuestion, HttpRoutes } from './http-server.ts';
import { parseKeepingDigits } from './json-digits.ts';
import type { Spool } from './spool.ts';

/** What a receiver of osquery needs to know. */
export interface OsqueryReceiverOptions {
  readonly spool: Spool;
  /** osquery's enroll secret. */
  readonly secret: string;
  /** What hosts are to run: osquery's own configuration, as JSON. */
  readonly config: Readonly<Record<string, unknown>>;
}

const HOST_MAX = 255;
const KEY = /^([A-Za-z0-9_-]{1,512})\.([A-Za-z0-9_-]{43})$/;
const NODE_INVALID: HttpAnswer = { status: 200, body: { node_invalid: true } };

/**
 * osquery's TLS API (osquery documentation, "Remote settings"): enroll, config and log. A node key is the host's
 * identifier and its keyed digest, so nothing is stored and a new secret makes every host enroll again.
 */
export function osqueryRoutes(options: OsqueryReceiverOptions): HttpRoutes {
  return new Map([
    ['POST /osquery/enroll', async (question) => enroll(question, options)],
    ['POST /osquery/config', async (question) => config(question, options)],
    ['POST /osquery/log', (question) => log(question, options)],
  ]);
}

function enroll(question: HttpQuestion, { secret }: OsqueryReceiverOptions): HttpAnswer {
  const asked = objectOf(question);
  if (asked === undefined) return refusal(400, 'the body is no JSON object');
  const { enroll_secret: given, host_identifier: host } = asked;
  if (typeof given !== 'string' || !isSameSecret(given, secret)) return NODE_INVALID;
  if (typeof host !== 'string' || host === '' || host.length > HOST_MAX) {
    return refusal(400, `host_identifier: a text of 1 to ${HOST_MAX} characters`);
  }
  return { status: 200, body: { node_key: nodeKey(host, secret), node_invalid: false } };
}

function config(question: HttpQuestion, options: OsqueryReceiverOptions): HttpAnswer {
  const asked = objectOf(question);
  if (asked === undefined) return refusal(400, 'the body is no JSON object');
  if (!isEnrolled(asked, options.secret)) return NODE_INVALID;
  return { status: 200, body: { ...options.config, node_invalid: false } };
}

async function log(question: HttpQuestion, options: OsqueryReceiverOptions): Promise<HttpAnswer> {
  const asked = objectOf(question);
  if (asked === undefined) return refusal(400, 'the body is no JSON object');
  if (!isEnrolled(asked, options.secret)) return NODE_INVALID;
  const { log_type: type, data } = asked;
  if (!Array.isArray(data)) return refusal(400, 'data: a list of results');
  // osquery's own messages (`status`) are no telemetry.
  if (type === 'result' && data.length > 0) {
    if (options.spool.isFullFor(question.body.length)) return busy('the spool is full');
    await options.spool.append(data.map((row: unknown) => JSON.stringify(row)));
  }
  return { status: 200, body: { node_invalid: false } };
}

function nodeKey(host: string, secret: string): string {
  return `${Buffer.from(host).toString('base64url')}.${digestOf(host, secret)}`;
}

function isEnrolled(asked: Readonly<Record<string, unknown>>, secret: string): boolean {
  const key = typeof asked['node_key'] === 'string' ? KEY.exec(asked['node_key']) : null;
  if (key === null) return false;
  const host = Buffer.from(key[1] ?? '', 'base64url').toString('utf8');
  return isSameSecret(key[2] ?? '', digestOf(host, secret));
}

function digestOf(host: string, secret: string): string {
  return createHmac('sha256', secret).update(`osquery node ${host}`).digest('base64url');
}

// Integers that a double can not hold keep their digits.
function objectOf({ body }: HttpQuestion): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parseKeepingDigits(body.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
