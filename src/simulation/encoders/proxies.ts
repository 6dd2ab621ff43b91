import { encodeText } from '../base64.ts';
import type { Action, Request } from '../action.ts';
import type { Encoder, Observation, Shipping } from './encoder.ts';

const shipping: Shipping = { everyMs: 1_000, delayMsMax: 500, redelivered: 0 };

/** A proxy that opens TLS sees every request with its sizes; of processes it knows the user agent alone. */
function observeRequests(
  action: Action,
  line: (action: Action, request: Request) => string,
): readonly Observation[] {
  const { deed, time } = action;
  return deed.kind === 'request' ? [{ logged: time, record: () => line(action, deed) }] : [];
}

/** Squid with bytes out (`%>st`) in its log, as collectors ask for it, and TLS opened. */
export const squid: Encoder = {
  name: 'squid',
  sensor: 'squid',
  description: 'access log of Squid with ports, sizes of requests and user agents',
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 1,
  shipping,
  observe: (action) => observeRequests(action, squidLine),
};

function squidLine({ process, time }: Action, request: Request): string {
  const { address, port, name, method, url, userAgent, sentBytes, receivedBytes } = request;
  const columns = [
    (time / 1000).toFixed(3),
    String(request.durationMs).padStart(6),
    process.host.address,
    String(request.localPort),
    'TCP_MISS/200',
    String(receivedBytes),
    String(sentBytes),
    '364',
    '311',
    String(receivedBytes),
    method,
    url,
    '1.1',
    process.account.name,
    `HIER_DIRECT/${address}`,
    String(port),
    'application/json',
    '-',
    '-',
    '"-"',
    `"${userAgent}"`,
    `"${name}"`,
    '"-"',
    '53',
    '-',
  ];
  return columns.join(' ');
}

/** Zscaler's web log through NSS, with inspection of TLS. */
export const zscaler: Encoder = {
  name: 'zscaler',
  sensor: 'zscaler',
  description: 'web log of Zscaler (NSS) as JSON, with TLS inspected',
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 1,
  shipping,
  observe: (action) => observeRequests(action, zscalerLine),
};

function zscalerLine({ process, time }: Action, request: Request): string {
  const { account, host } = process;
  const { url, method, sentBytes, receivedBytes, address, name, fileName } = request;
  const headerBytes = Math.min(sentBytes, 311);
  return JSON.stringify({
    sourcetype: 'zscalernss-web',
    event: {
      epochtime: String(Math.floor(time / 1000)),
      tz: 'GMT',
      login: `${account.name}@corp.example`,
      devicehostname: host.name,
      deviceowner: account.name,
      proto: url.startsWith('https') ? 'HTTPS' : 'HTTP',
      action: 'Allowed',
      reason: 'Allowed',
      reqmethod: method,
      respcode: '200',
      reqsize: String(sentBytes),
      reqheadersize: String(headerBytes),
      reqdatasize: String(sentBytes - headerBytes),
      respsize: String(receivedBytes),
      cltintip: host.address,
      cltip: '203.0.113.254',
      serverip: address,
      useragent: request.userAgent,
      contenttype: 'application/json',
      ssldecrypted: 'Yes',
      appname: 'General Browsing',
      dlpeng: 'None',
      dlpdict: 'None',
      rulelabel: 'Default',
      ruletype: 'FwFilter',
      host: name,
      b64url: encodeText(url.replace(/^https?:\/\//, '')),
      ...(fileName === undefined ? {} : { upload_filename: fileName, upload_filetype: 'ZIP' }),
    },
  });
}
