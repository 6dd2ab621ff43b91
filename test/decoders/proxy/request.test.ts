import { expect } from 'chai';

import { createAutoDecoder } from '../../../src/decoders/index.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import { recordOf } from '../fixtures.ts';

function last(lines: readonly string[]): TelemetryEvent {
  const decoder = createAutoDecoder();
  const events: TelemetryEvent[] = [];
  lines.forEach((line, index) => {
    decoder.decode(recordOf(line, index + 1), (event) => events.push(event));
  });
  const event = events.at(-1);
  if (event === undefined) throw new Error('no event');
  return event;
}

// The same upload of 777 bytes, answered with 12, as each log has it.
const upload: Readonly<Record<string, readonly string[]>> = {
  squid: [
    '1781000000.104 9 10.6.8.36 58938 TCP_MISS/201 12 777 1 1 1 PUT https://files.example.net/up/a.zip?x=1 1.1 ana HIER_DIRECT/203.0.113.9 443 - - - "http://s.example/" "curl/8" "-" "-" 5 -',
  ],
  zscaler: [
    JSON.stringify({
      sourcetype: 'zscalernss-web',
      event: {
        epochtime: '1781000000',
        login: 'ana',
        proto: 'HTTPS',
        eurl: 'files.example.net/up/a.zip?x=1',
        reqmethod: 'PUT',
        reqsize: '777',
        respsize: '12',
        respcode: '201',
        cltintip: '10.6.8.36',
        serverip: '203.0.113.9',
        ereferer: 'http://s.example/',
        ua: 'curl/8',
        devicehostname: 'WKS-017',
      },
    }),
  ],
  w3c: [
    '#Fields: date time c-ip cs-username cs(Referer) sc-status cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) sc-bytes cs-bytes r-ip',
    '2026-06-09 10:13:20 10.6.8.36 ana http://s.example/ 201 PUT https files.example.net 443 /up/a.zip ?x=1 curl/8 12 777 203.0.113.9',
  ],
  ecs: [
    JSON.stringify({
      '@timestamp': '2026-06-09T10:13:20.104Z',
      event: { category: ['web'] },
      source: { ip: '10.6.8.36' },
      destination: { ip: '203.0.113.9' },
      user: { name: 'ana' },
      url: { full: 'https://files.example.net/up/a.zip?x=1', domain: 'files.example.net' },
      http: {
        request: { method: 'PUT', bytes: 777, referrer: 'http://s.example/' },
        response: { status_code: 201, bytes: 12 },
      },
      user_agent: { original: 'curl/8' },
    }),
  ],
};

const expected: Readonly<Record<string, string>> = {
  'c-uri': 'https://files.example.net/up/a.zip?x=1',
  'c-uri-stem': '/up/a.zip',
  'c-uri-query': 'x=1',
  'c-uri-extension': 'zip',
  'c-useragent': 'curl/8',
  'cs-host': 'files.example.net',
  'r-dns': 'files.example.net',
  'cs-method': 'PUT',
  'cs-referrer': 'http://s.example/',
  'sc-status': '201',
  src_ip: '10.6.8.36',
  dst_ip: '203.0.113.9',
  DestinationHostname: 'files.example.net',
  // Client to server is what leaves, whatever Sigma's taxonomy words.
  'cs-bytes': '777',
  'sc-bytes': '12',
};

describe('requests through proxies', () => {
  for (const [name, lines] of Object.entries(upload)) {
    it(`${name}: answers the names of Sigma’s category proxy`, () => {
      const event = last(lines);
      expect(event.logsource.categories).to.include('proxy');
      const found = Object.keys(expected).map((field) => [field, String(event.get(field))]);
      expect(Object.fromEntries(found)).to.deep.equal(expected);
      expect([event.get('source.bytes'), event.get('destination.bytes')]).to.deep.equal([777, 12]);
    });
  }

  it('Squid’s own format has the size of the answer only', () => {
    const event = last([
      '1781000000.104 9 10.6.8.36 TCP_MISS/200 904 POST http://a.example/ - HIER_DIRECT/203.0.113.9 -',
    ]);
    expect([event.get('cs-bytes'), event.get('sc-bytes')]).to.deep.equal([undefined, '904']);
  });
});
