import { useEffect, useState } from 'preact/hooks';

/** The address is the view: where one is, and what is filtered there. */
export interface Route {
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly hash: string;
}

const listeners = new Set<() => void>();

function current(): Route {
  const { pathname, search, hash } = window.location;
  return {
    path: pathname,
    parameters: new URLSearchParams(search),
    hash: safely(hash.slice(1)),
  };
}

function safely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Goes to another view of this page; nothing is loaded anew. */
export function go(address: string, isReplaced = false): void {
  if (address === `${window.location.pathname}${window.location.search}${window.location.hash}`) {
    return;
  }
  if (isReplaced) window.history.replaceState(null, '', address);
  else window.history.pushState(null, '', address);
  for (const listener of listeners) listener();
}

/** The address of a list. Empty values stay: they mean "none". */
export function alertsAddress(parameters: URLSearchParams, hash = ''): string {
  const text = parameters.toString().replaceAll('%2C', ',');
  const query = text === '' ? '' : `?${text}`;
  return `/alerts${query}${hash === '' ? '' : `#${encodeURIComponent(hash)}`}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const listener = (): void => setRoute(current());
    listeners.add(listener);
    window.addEventListener('popstate', listener);
    window.addEventListener('hashchange', listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener('popstate', listener);
      window.removeEventListener('hashchange', listener);
    };
  }, []);
  return route;
}

/** Makes links of this page change the view instead of loading it again. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a');
  const href = link?.getAttribute('href');
  if (href === null || href === undefined || !href.startsWith('/') || href.startsWith('/api/')) {
    return;
  }
  event.preventDefault();
  go(href);
}
