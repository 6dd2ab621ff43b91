import { useEffect, useState } from 'preact/hooks';

import { ask } from './api.ts';
import { useLive } from './live.ts';

export interface Asked<T> {
  readonly value: T | undefined;
  readonly trouble: string | undefined;
  readonly again: () => void;
}

/** An answer of the API, asked again when alerts change; what was there stays until then. */
export function useAnswer<T>(path: string, everyMs?: number): Asked<T> {
  const { news } = useLive();
  const [value, setValue] = useState<T | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    ask<T>(path, abort.signal).then(
      (answer) => {
        setValue(() => answer);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setTrouble(error instanceof Error ? error.message : '');
      },
    );
    return () => abort.abort();
  }, [path, times, news?.place, news?.triage]);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => setTimes((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return { value, trouble, again: () => setTimes((count) => count + 1) };
}
