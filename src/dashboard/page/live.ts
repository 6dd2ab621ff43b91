import { useEffect, useState } from 'preact/hooks';

/** Rate and lag, as the server last said. */
export interface Pulse {
  readonly mode: 'demo' | 'run' | 'none';
  readonly perSecond: number;
  readonly lagMs: number | null;
  readonly newestEvent: number | null;
  readonly notReady: readonly string[];
  readonly now: number;
}

export interface News {
  readonly place: number;
  readonly triage: number;
  readonly behind: number;
}

export interface Live {
  readonly pulse: Pulse | undefined;
  readonly news: News | undefined;
  /** When the server was last heard of, by our own clock. */
  readonly heardAt: number;
  /** Attempts to reach it since. */
  readonly tries: number;
}

const listeners = new Set<() => void>();
let live: Live = { pulse: undefined, news: undefined, heardAt: Date.now(), tries: 0 };
let source: EventSource | undefined;

function change(next: Partial<Live>): void {
  live = { ...live, ...next };
  for (const listener of listeners) listener();
}

/** Listens to the server for as long as the page lives; the browser reconnects by itself. */
export function startLive(): void {
  if (source !== undefined) return;
  source = new EventSource('/api/v1/live');
  source.addEventListener('change', ({ data }: MessageEvent<string>) => {
    change({ news: JSON.parse(data) as News, heardAt: Date.now(), tries: 0 });
  });
  source.addEventListener('pulse', ({ data }: MessageEvent<string>) => {
    change({ pulse: JSON.parse(data) as Pulse, heardAt: Date.now(), tries: 0 });
  });
  source.addEventListener('error', () => {
    change({ tries: live.tries + 1 });
    // A server that refused (signed out, restarted) is asked again as well.
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined;
      setTimeout(startLive, RETRY_MS);
    }
  });
}

const RETRY_MS = 3_000;

export function useLive(): Live {
  const [known, setKnown] = useState(live);
  useEffect(() => {
    const listener = (): void => setKnown(live);
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return known;
}

/** After so long without a word the page says how old it is. */
export const STALE_MS = 8_000;
