import { UsageError } from './exit.ts';

/** Where the page is served when nothing else is said. */
export const PAGE_LISTEN = '127.0.0.1:4840';

/** `host:port`, `[host]:port` or a port of this machine alone. */
export function pageAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(`--listen: '${text}' is no address such as ${PAGE_LISTEN}`);
  }
  return { host: (host ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port: Number(port) };
}
