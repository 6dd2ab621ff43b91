import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { Failure } from '../../src/base/failure.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import { osqueryTls, otlp } from '../../src/sources/receivers.ts';
import type { SharedSource, SourceKind } from '../../src/sources/source.ts';

const SECRET = 'a-secret-of-the-fleet';
const context = { notice: () => undefined };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-receiver-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(kind: SourceKind, further: object = {}): Promise<SharedSource> {
  const settings = { listen: '127.0.0.1:0', secret: SECRET, spool: join(folder, 'spool') };
  return kind.open({ ...settings, ...further }, context);
}

function addressOf(source: SharedSource): string {
  return `http://${source.name.split(' at ')[1] ?? ''}`;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function post(
  source: SharedSource,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${addressOf(source)}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, body: await response.json() };
}

/** The texts of the first records that the source gives. */
async function take(source: SharedSource, count: number, from = 0): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { inputs } of source.assignments()) {
    for await (const batch of inputs[0]?.batches({ offset: from }) ?? []) {
      for (const { payload, position } of batch) {
        texts.push(
          `${position.source}:${position.offset} ${Buffer.from(payload ?? []).toString()}`,
        );
      }
      if (texts.length >= count) return texts;
    }
  }
  return texts;
}

const BATCH = `{
  "resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"logRecords": [
    {"timeUnixNano": "1781000000104000000", "body": {"stringValue": "a\\nb"}, "x": 12345678901234567890}]}]}]
}`;
const bearer = { authorization: `Bearer ${SECRET}` };

describe('OTLP receiver', () => {
  it('takes batches in and gives them as records, once they are on the disk', async () => {
    await using source = await open(otlp);
    const answer = await post(source, '/v1/logs', BATCH, bearer);
    expect(answer).to.deep.equal({ status: 200, body: { partialSuccess: {} } });
    const [record = ''] = await take(source, 1);
    expect(record).to.match(/^otlp:0 \{ +"resourceLogs"/);
    expect(record).to.include('12345678901234567890');
    const payload = new TextEncoder().encode(record.slice('otlp:0 '.length));
    const seen: string[] = [];
    createAutoDecoder().decode(
      { payload, position: { source: 'otlp', partition: 0, offset: 0 } },
      (event) => seen.push(event.sensor),
    );
    expect(seen).to.deep.equal(['agent-telemetry']);
  });

  it('keeps what it took in over a restart', async () => {
    {
      await using source = await open(otlp);
      await post(source, '/v1/logs', '{"resourceLogs":[]}', bearer);
      await post(source, '/v1/logs', '{"resourceLogs":[ ]}', bearer);
    }
    await using source = await open(otlp);
    expect(await take(source, 1, 1)).to.deep.equal(['otlp:1 {"resourceLogs":[ ]}']);
  });

  it('splits a batch that is longer than a record may be', async () => {
    await using source = await open(otlp);
    const long = 'x'.repeat(600_000);
    const logs = [1, 2].map((id) => ({ id, big: long }));
    const batch = { resourceLogs: [{ resource: { a: 1 }, scopeLogs: [{ logRecords: logs }] }] };
    expect((await post(source, '/v1/logs', JSON.stringify(batch), bearer)).status).to.equal(200);
    const records = await take(source, 2);
    expect(records.map((text) => text.slice(0, 44))).to.deep.equal([
      'otlp:0 {"resourceLogs":[{"resource":{"a":1},',
      'otlp:1 {"resourceLogs":[{"resource":{"a":1},',
    ]);
  });

  it('reads gzip', async () => {
    await using source = await open(otlp);
    const packed = new Uint8Array(gzipSync(BATCH));
    const headers = { ...bearer, 'content-encoding': 'gzip' };
    expect((await post(source, '/v1/logs', packed, headers)).status).to.equal(200);
  });

  const bomb = new Uint8Array(gzipSync(Buffer.alloc(9 * 1024 * 1024)));
  const refusals: readonly (readonly [
    string,
    string,
    string | Uint8Array<ArrayBuffer>,
    Readonly<Record<string, string>>,
    number,
  ])[] = [
    ['no secret', '/v1/logs', BATCH, {}, 401],
    ['another secret', '/v1/logs', BATCH, { authorization: 'Bearer x' }, 401],
    ['protobuf', '/v1/logs', BATCH, { ...bearer, 'content-type': 'application/x-protobuf' }, 415],
    ['brotli', '/v1/logs', BATCH, { ...bearer, 'content-encoding': 'br' }, 415],
    ['no gzip', '/v1/logs', BATCH, { ...bearer, 'content-encoding': 'gzip' }, 400],
    ['a gzip bomb', '/v1/logs', bomb, { ...bearer, 'content-encoding': 'gzip' }, 413],
    ['no JSON', '/v1/logs', '{', bearer, 400],
    ['other JSON', '/v1/logs', '{"resourceSpans":[]}', bearer, 400],
    ['deep JSON', '/v1/logs', '['.repeat(200_000), bearer, 400],
    ['another path', '/v1/metrics', BATCH, bearer, 404],
    ['a long body', '/v1/logs', 'x'.repeat(9 * 1024 * 1024), bearer, 413],
  ];
  for (const [what, path, body, headers, status] of refusals) {
    it(`refuses ${what} with ${status}`, async () => {
      await using source = await open(otlp);
      const answer = await post(source, path, body, headers);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.have.property('error').that.is.a('string');
      expect(readdirSync(join(folder, 'spool'))).to.deep.equal([]);
    });
  }

  it('refuses other methods', async () => {
    await using source = await open(otlp);
    expect((await fetch(`${addressOf(source)}/v1/logs`)).status).to.equal(405);
  });

  it('tells senders to wait while the spool is full, until some of it is acknowledged', async () => {
    await using source = await open(otlp, { spool_bytes_max: 1_048_576 });
    const body = JSON.stringify({ resourceLogs: [], filler: 'x'.repeat(600_000) });
    expect((await post(source, '/v1/logs', body, bearer)).status).to.equal(200);
    const busy = await fetch(`${addressOf(source)}/v1/logs`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...bearer },
    });
    expect(busy.status).to.equal(429);
    expect(busy.headers.get('retry-after')).to.equal('1');
    for await (const assignment of source.assignments()) {
      await assignment.acknowledge([{ source: 'otlp', partition: 0, offset: 0 }]);
      break;
    }
    expect((await post(source, '/v1/logs', body, bearer)).status).to.equal(200);
  });

  it('lets go of a sender that says no more, and ends when it is closed', async () => {
    const source = await open(otlp);
    const [host = '', port = ''] = (source.name.split(' at ')[1] ?? '').split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    socket.write('POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    const reading = take(source, 1);
    await source[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    expect(await reading).to.deep.equal([]);
    socket.destroy();
  });

  const misconfigured: readonly (readonly [string, object, RegExp])[] = [
    ['an address that is none', { listen: 'everywhere' }, /listen: 'everywhere' is no address/],
    ['plain HTTP for all the world', { listen: '0.0.0.0:0' }, /sent in the clear/],
    ['half of TLS', { tls_cert: '/cert.pem' }, /belong together/],
    [
      'a certificate that is not there',
      { tls_cert: '/no.pem', tls_key: '/no.key' },
      /can not be read/,
    ],
    ['a short secret', { secret: 'short' }, /at least 16 characters/],
  ];
  for (const [what, settings, said] of misconfigured) {
    it(`does not start with ${what}`, async () => {
      const outcome = await open(otlp, settings).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(Failure);
      expect((outcome as Failure).message).to.match(said);
    });
  }
});

describe("osquery's TLS API", () => {
  const ROW = `{"name":"processes","hostIdentifier":"wks-1","unixTime":1781000000,"action":"added","columns":{"pid":"1","big":12345678901234567890}}`;

  async function enroll(source: SharedSource, host = 'wks-1'): Promise<string> {
    const asked = JSON.stringify({ enroll_secret: SECRET, host_identifier: host });
    const { status, body } = await post(source, '/osquery/enroll', asked);
    expect(status).to.equal(200);
    const { node_key: key, node_invalid: isInvalid } = body as Readonly<Record<string, unknown>>;
    expect(isInvalid).to.equal(false);
    return String(key);
  }

  it('enrolls a host, gives it its configuration and takes its results', async () => {
    const path = join(folder, 'osquery.json');
    writeFileSync(path, '{"schedule":{"p":{"query":"SELECT 1","interval":60}}}');
    await using source = await open(osqueryTls, { osquery_config: path });
    const key = await enroll(source);
    const config = await post(source, '/osquery/config', JSON.stringify({ node_key: key }));
    expect(config.body).to.deep.equal({
      schedule: { p: { query: 'SELECT 1', interval: 60 } },
      node_invalid: false,
    });
    const log = `{"node_key":"${key}","log_type":"result","data":[${ROW},${ROW.replace('wks-1', 'wks-2')}]}`;
    expect((await post(source, '/osquery/log', log)).body).to.deep.equal({ node_invalid: false });
    expect(await take(source, 2)).to.deep.equal([
      `osquery_tls:0 ${ROW}`,
      `osquery_tls:1 ${ROW.replace('wks-1', 'wks-2')}`,
    ]);
  });

  it("passes over osquery's own messages", async () => {
    await using source = await open(osqueryTls);
    const key = await enroll(source);
    const log = { node_key: key, log_type: 'status', data: [{ severity: '0', message: 'x' }] };
    expect((await post(source, '/osquery/log', JSON.stringify(log))).status).to.equal(200);
    expect(readdirSync(join(folder, 'spool'))).to.deep.equal([]);
  });

  it('sends hosts back to enroll whose key is not of this secret', async () => {
    await using source = await open(osqueryTls);
    const key = await enroll(source);
    const [host = '', digest = ''] = key.split('.');
    const other = Buffer.from('wks-2').toString('base64url');
    for (const wrong of ['', 'x', `${other}.${digest}`, `${host}.${digest.slice(1)}A`, 7]) {
      for (const path of ['/osquery/config', '/osquery/log']) {
        const { body } = await post(source, path, JSON.stringify({ node_key: wrong, data: [] }));
        expect(body, `${path} ${wrong}`).to.deep.equal({ node_invalid: true });
      }
    }
    const asked = JSON.stringify({ enroll_secret: 'guess', host_identifier: 'wks-1' });
    expect((await post(source, '/osquery/enroll', asked)).body).to.deep.equal({
      node_invalid: true,
    });
  });

  for (const [what, body] of [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no host', JSON.stringify({ enroll_secret: SECRET })],
    ['a long host', JSON.stringify({ enroll_secret: SECRET, host_identifier: 'x'.repeat(300) })],
  ] as const) {
    it(`refuses ${what} with 400`, async () => {
      await using source = await open(osqueryTls);
      expect((await post(source, '/osquery/enroll', body)).status).to.equal(400);
    });
  }

  it('does not start with a configuration that is none', async () => {
    const path = join(folder, 'osquery.json');
    writeFileSync(path, '[]');
    for (const osquery_config of [path, join(folder, 'none.json')]) {
      const outcome = await open(osqueryTls, { osquery_config }).catch((error: unknown) => error);
      expect((outcome as Failure).code).to.equal('source_misconfigured');
    }
  });
});
