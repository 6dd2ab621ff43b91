import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Context, Hono } from 'hono';

import type { Env } from './access/guard.ts';
import { SCRIPT, STYLE } from './bundle.ts';

interface Asset {
  readonly type: string;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

const asset = (type: string, base64: string): Asset => {
  const packed = new Uint8Array(Buffer.from(base64, 'base64'));
  const digest = createHash('sha256').update(packed).digest('base64url').slice(0, 22);
  return { type, packed, etag: `"${digest}"` };
};

const FILES: Readonly<Record<string, Asset>> = {
  '/assets/page.js': asset('text/javascript; charset=utf-8', SCRIPT),
  '/assets/page.css': asset('text/css; charset=utf-8', STYLE),
};

// A currents-and-gate mark; no colour of its own but the accent.
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke="#0a6676" stroke-width="2" stroke-linecap="round"><path d="M1 5c3-2 6 2 9 0s6 2 9 0M1 10c3-2 6 2 9 0s6 2 9 0M1 15c3-2 6 2 9 0s6 2 9 0M10 1v18"/></svg>`;

/** The same for every address: what is shown follows from the address, in the browser. */
const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tidegate</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
<script type="module" src="/assets/page.js"></script>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript, all of it from this server.</noscript>
</body>
</html>
`;

const PAGES = [
  '/',
  '/alerts',
  '/alerts/*',
  '/agents',
  '/agents/*',
  '/rules',
  '/rules/*',
  '/health',
];

/** The page: it holds no data, so nobody needs to be signed in to load it. */
export function addAssets(app: Hono<Env>): void {
  for (const path of Object.keys(FILES)) app.get(path, (context) => send(context, FILES[path]));
  app.get('/assets/icon.svg', (context) =>
    context.body(ICON, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=86400' }),
  );
  for (const path of [...PAGES, '/login']) app.get(path, (context) => context.html(SHELL));
}

function send(context: Context, file: Asset | undefined): Response {
  if (file === undefined) return context.notFound() as Response;
  const { type, packed, etag } = file;
  const headers = {
    'content-type': type,
    'cache-control': 'no-cache',
    etag,
    vary: 'accept-encoding',
  };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers);
  const isPacked = (context.req.header('accept-encoding') ?? '').includes('gzip');
  if (isPacked) return context.body(packed, 200, { ...headers, 'content-encoding': 'gzip' });
  return context.body(new Uint8Array(gunzipSync(packed)), 200, headers);
}
