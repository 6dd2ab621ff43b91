import type { EventTime } from '../../event/record.ts';
import type { Action, Host, Request } from '../action.ts';
import { createRandom } from '../prng.ts';
import type { Encoder, Observation } from './encoder.ts';

/**
 * Zeek before the machine's way out: lookups, and connections when they end, with their volumes. It knows
 * machines by address and no processes; of what is inside TLS it has the name of the server.
 */
export const zeek: Encoder = {
  name: 'zeek',
  sensor: 'zeek',
  description: 'Zeek: its logs of connections, TLS, HTTP and DNS, as JSON',
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 1,
  shipping: { everyMs: 1_000, delayMsMax: 400, redelivered: 0 },
  observe,
};

type Line = Readonly<Record<string, unknown>>;

function observe(action: Action): readonly Observation[] {
  const lines = linesOf(action);
  if (lines.length === 0) return [];
  return [
    {
      logged: action.time,
      record: () => lines.map((line) => JSON.stringify(line)).join('\n'),
    },
  ];
}

function linesOf({ deed, process, time }: Action): readonly Line[] {
  const { host } = process;
  switch (deed.kind) {
    case 'resolve':
      return [
        {
          _path: 'dns',
          ts: seconds(time),
          uid: uidOf(host, `${deed.name}/${String(time)}`),
          ...ends(host.address, 50_000 + (time % 9_000), '10.6.0.53', 53),
          proto: 'udp',
          query: deed.name,
          qclass: 1,
          qclass_name: 'C_INTERNET',
          qtype: 1,
          qtype_name: 'A',
          rcode: 0,
          rcode_name: 'NOERROR',
          answers: [...deed.aliases, ...deed.addresses],
          rejected: false,
        },
      ];
    case 'request':
      return [connOf(host, deed, time), applicationOf(host, deed, time)];
    default:
      return [];
  }
}

function connOf(host: Host, deed: Request, time: EventTime): Line {
  return {
    _path: 'conn',
    // Zeek names a connection by its start and writes it at its end.
    ts: seconds(time),
    uid: uidOf(host, String(deed.localPort)),
    ...ends(host.address, deed.localPort, deed.address, deed.port),
    proto: 'tcp',
    service: isTls(deed) ? 'ssl' : 'http',
    duration: deed.durationMs / 1000,
    orig_bytes: deed.sentBytes,
    resp_bytes: deed.receivedBytes,
    conn_state: 'SF',
    local_orig: true,
    local_resp: false,
    missed_bytes: 0,
  };
}

function applicationOf(host: Host, deed: Request, time: EventTime): Line {
  const common = {
    ts: seconds(time),
    uid: uidOf(host, String(deed.localPort)),
    ...ends(host.address, deed.localPort, deed.address, deed.port),
  };
  if (isTls(deed)) {
    return {
      _path: 'ssl',
      ...common,
      version: 'TLSv13',
      cipher: 'TLS_AES_256_GCM_SHA384',
      server_name: deed.name,
      resumed: false,
      established: true,
    };
  }
  return {
    _path: 'http',
    ...common,
    trans_depth: 1,
    method: deed.method,
    host: deed.name,
    uri: deed.url.replace(/^http:\/\/[^/]*/, ''),
    version: '1.1',
    user_agent: deed.userAgent,
    request_body_len: deed.sentBytes,
    response_body_len: deed.receivedBytes,
    status_code: 200,
    status_msg: 'OK',
  };
}

function isTls({ url }: Request): boolean {
  return url.startsWith('https:');
}

function ends(source: string, sourcePort: number, peer: string, peerPort: number): Line {
  return {
    'id.orig_h': source,
    'id.orig_p': sourcePort,
    'id.resp_h': peer,
    'id.resp_p': peerPort,
  };
}

function uidOf(host: Host, what: string): string {
  return `C${createRandom(`uid/${host.name}/${what}`).hex(16)}`;
}

function seconds(time: EventTime): number {
  return time / 1000;
}
