import { readFileSync } from 'node:fs';

import { Failure } from '../base/failure.ts';
import { HttpServer } from './http-server.ts';
import type { HttpRoutes, HttpSettings } from './http-server.ts';
import { OTLP_LOGS_PATH, otlpRoutes } from './otlp-receiver.ts';
import { osqueryRoutes } from './osquery-receiver.ts';
import { shareReceiver } from './receiver.ts';
import type { SharedSource, SourceKind } from './source.ts';
import { Spool, SPOOL_LIMITS } from './spool.ts';

/** Settings that every receiver has, as the configuration file writes them. */
interface ReceiverSettings {
  readonly listen?: string;
  readonly secret: string;
  readonly spool: string;
  readonly spool_bytes_max?: number;
  readonly body_bytes_max?: number;
  readonly tls_cert?: string;
  readonly tls_key?: string;
  readonly plain_http?: boolean;
}

const MEBIBYTE = 1024 * 1024;
const BODY_BYTES_MAX = 8 * MEBIBYTE;
const OPEN_BYTES_MAX = 64 * MEBIBYTE;
const SECRET_LENGTH_MIN = 16;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;
const ADDRESS = /^(?:\[([0-9a-fA-F:]+)\]|([\w.-]+)):(\d{1,5})$/;

function settingsSchema(
  listen: string,
  further: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    type: 'object',
    properties: {
      listen: { type: 'string', default: listen, description: 'address and port to listen at' },
      secret: {
        type: 'string',
        minLength: SECRET_LENGTH_MIN,
        description: 'what senders must know; name a file or variable, do not write it here',
      },
      spool: {
        type: 'string',
        minLength: 1,
        description: 'folder for what was received and is not judged yet',
      },
      spool_bytes_max: {
        type: 'integer',
        minimum: MEBIBYTE,
        default: SPOOL_LIMITS.bytesMax,
        description: 'how much the spool holds; senders are told to wait when it is full',
      },
      body_bytes_max: {
        type: 'integer',
        minimum: 1024,
        default: BODY_BYTES_MAX,
        description: 'the longest request body',
      },
      tls_cert: { type: 'string', description: 'file of the certificate; with it HTTPS is spoken' },
      tls_key: { type: 'string', description: "file of the certificate's key" },
      plain_http: {
        type: 'boolean',
        default: false,
        description: 'listen beyond this machine without TLS, behind a proxy that has it',
      },
      ...further,
    },
    required: ['secret', 'spool'],
    additionalProperties: false,
  };
}

/** OTLP/HTTP for logs in JSON: what agents tell of themselves. */
export const otlp: SourceKind = {
  name: 'otlp',
  description: `logs over OTLP/HTTP in JSON (POST ${OTLP_LOGS_PATH}), with a shared secret`,
  settings: settingsSchema('127.0.0.1:4318'),
  open: async (settings) => {
    const own = settings as unknown as ReceiverSettings;
    return openReceiver({
      name: 'otlp',
      settings: own,
      listen: '127.0.0.1:4318',
      routes: (spool) => otlpRoutes(spool, own.secret),
    });
  },
};

interface OsquerySettings extends ReceiverSettings {
  readonly osquery_config?: string;
}

/** osquery's TLS logger: hosts enroll, fetch their configuration, and send results. */
export const osqueryTls: SourceKind = {
  name: 'osquery_tls',
  description: "osquery's TLS API: enroll, config and log, with its enroll secret",
  settings: settingsSchema('127.0.0.1:9443', {
    osquery_config: {
      type: 'string',
      description: "file with osquery's configuration (schedule, packs, …) for all hosts, as JSON",
    },
  }),
  open: async (settings) => {
    const own = settings as unknown as OsquerySettings;
    const config = readConfig(own.osquery_config);
    return openReceiver({
      name: 'osquery_tls',
      settings: own,
      listen: '127.0.0.1:9443',
      routes: (spool) => osqueryRoutes({ spool, secret: own.secret, config }),
    });
  },
};

interface Receiver {
  readonly name: string;
  readonly settings: ReceiverSettings;
  /** Where it listens unless the settings say otherwise. */
  readonly listen: string;
  readonly routes: (spool: Spool) => HttpRoutes;
}

async function openReceiver({ name, settings, listen, routes }: Receiver): Promise<SharedSource> {
  const http = httpSettings(settings, listen);
  const spool = Spool.open(settings.spool, {
    ...SPOOL_LIMITS,
    bytesMax: settings.spool_bytes_max ?? SPOOL_LIMITS.bytesMax,
  });
  try {
    const server = await HttpServer.listen(http, routes(spool));
    return shareReceiver({ name, spool, server });
  } catch (error) {
    await spool[Symbol.asyncDispose]();
    throw error;
  }
}

function httpSettings(settings: ReceiverSettings, fallback: string): HttpSettings {
  const listen = settings.listen ?? fallback;
  const match = ADDRESS.exec(listen);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw misconfigured(`listen: '${listen}' is no address and port such as ${fallback}`);
  }
  const host = match[1] ?? match[2] ?? '';
  const { tls_cert: certPath, tls_key: keyPath } = settings;
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw misconfigured('tls_cert and tls_key belong together');
  }
  if (settings.secret.length < SECRET_LENGTH_MIN) {
    throw misconfigured(`secret: at least ${SECRET_LENGTH_MIN} characters`);
  }
  const tls = certPath === undefined || keyPath === undefined ? undefined : { certPath, keyPath };
  if (tls === undefined && !LOOPBACK.test(host) && settings.plain_http !== true) {
    throw misconfigured(
      `listen: ${host} is reached from other machines, and the secret would be sent in the clear: ` +
        'set tls_cert and tls_key, or plain_http behind a proxy that speaks TLS',
    );
  }
  const bodyBytesMax = settings.body_bytes_max ?? BODY_BYTES_MAX;
  const openBytesMax = Math.max(OPEN_BYTES_MAX, bodyBytesMax);
  return { host, port, bodyBytesMax, openBytesMax, ...(tls === undefined ? {} : { tls }) };
}

function readConfig(path: string | undefined): Readonly<Record<string, unknown>> {
  if (path === undefined) return { schedule: {} };
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch (cause) {
    throw misconfigured(`osquery_config: ${path} can not be read as JSON`, cause);
  }
  throw misconfigured(`osquery_config: ${path} is no JSON object`);
}

function misconfigured(message: string, cause?: unknown): Failure {
  return new Failure('source_misconfigured', { message, retryable: false, cause });
}
