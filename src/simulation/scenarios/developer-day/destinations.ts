import type { Destination } from '../../stage.ts';

function web(
  name: string,
  addresses: readonly [string, ...string[]],
  ...aliases: readonly string[]
): Destination {
  return { name, addresses, aliases, port: 443 };
}

/** Services that honest programs talk to. */
export const modelService: Destination = web('api.anthropic.com', ['160.79.104.10']);
export const chatService: Destination = web('claude.ai', ['160.79.104.12']);
export const codeHost: Destination = web('github.com', ['140.82.121.4']);
export const packageRegistry: Destination = web('registry.npmjs.org', [
  '104.16.24.34',
  '104.16.25.34',
]);
export const mail: Destination = web(
  'outlook.office365.com',
  ['52.97.133.210', '52.97.211.226'],
  'ooc-g2.tm-4.office.com',
  'LHR-efz.ms-acdc.office.com',
);
export const meetings: Destination = web(
  'teams.microsoft.com',
  ['52.113.194.132'],
  's-0005.s-msedge.net',
);
export const fileSync: Destination = web(
  'corp-my.sharepoint.com',
  ['13.107.136.10'],
  '1894-ipv4v6e.farm.dprodmgd104.aa-rt.sharepoint.com',
);
export const cloudProtection: Destination = web('wdcp.microsoft.com', ['20.238.236.234']);
export const windowsUpdate: Destination = web(
  'fe3cr.delivery.mp.microsoft.com',
  ['20.165.94.63'],
  'fe3.delivery.mp.microsoft.com',
);
export const windowsTelemetry: Destination = web(
  'v10.events.data.microsoft.com',
  ['20.189.173.3'],
  'global.asimov.events.data.trafficmanager.net',
);
export const editorUpdates: Destination = web('update.code.visualstudio.com', ['20.105.221.31']);
export const backupVault: Destination = {
  name: 'vault.corp.internal',
  addresses: ['10.20.1.40'],
  port: 8000,
};
export const domainController: Destination = {
  name: 'dc-1.corp.internal',
  addresses: ['10.20.1.10'],
  port: 88,
};
export const localServer: Destination = { name: 'localhost', addresses: ['127.0.0.1'], port: 3000 };

/** Pages that a developer reads. */
export const pages: readonly [Destination, ...Destination[]] = [
  web('www.google.com', ['142.250.187.196']),
  web('developer.mozilla.org', ['34.111.97.67']),
  web('nodejs.org', ['104.20.22.46']),
  web('stackoverflow.com', ['104.18.32.7']),
  web('en.wikipedia.org', ['185.15.59.224'], 'dyna.wikimedia.org'),
  web('learn.microsoft.com', ['23.53.112.34'], 'learn.microsoft.com.edgekey.net'),
  web('www.typescriptlang.org', ['13.107.246.64']),
  web('www.bbc.co.uk', ['151.101.0.81'], 'bbc.map.fastly.net'),
  codeHost,
  web('www.npmjs.com', ['104.16.31.34']),
];

/** What pages load besides themselves. */
export const pageParts: readonly [Destination, ...Destination[]] = [
  web('fonts.gstatic.com', ['142.250.187.227']),
  web('cdn.jsdelivr.net', ['151.101.1.229'], 'jsdelivr.map.fastly.net'),
  web('avatars.githubusercontent.com', ['185.199.108.133']),
  web('www.googletagmanager.com', ['142.250.187.200']),
  web('ajax.googleapis.com', ['142.250.200.10']),
  web('static.files.bbci.co.uk', ['151.101.0.81'], 'bbc.map.fastly.net'),
];

/** Where the stolen text goes: a name and an address set aside for documents (RFC 2606, RFC 5737). */
export const drop: Destination = web('paste.example.net', ['203.0.113.66']);
