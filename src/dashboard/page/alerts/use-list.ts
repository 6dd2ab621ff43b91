import { useEffect, useMemo, useState } from 'preact/hooks';

import type { AlertSummary } from '../../api/shapes.ts';
import { ask } from '../api.ts';
import { useLive } from '../live.ts';
import { ListData } from './list-data.ts';

export interface List {
  readonly data: ListData;
  readonly summary: AlertSummary | undefined;
  /** Loads the list anew, with its news. */
  readonly reload: () => void;
}

const NEWS_EVERY_MS = 700;

/** The list of a filter, kept up with what happens. */
export function useList(parameters: URLSearchParams): List {
  const query = listQuery(parameters);
  const [generation, setGeneration] = useState(0);
  const [, redraw] = useState(0);
  const [summary, setSummary] = useState<AlertSummary | undefined>();
  const { news } = useLive();
  const data = useMemo(
    () => new ListData(query, () => redraw((times) => times + 1)),
    [query, generation],
  );
  useEffect(() => {
    data.ensure(0, 1);
    return () => data.dispose();
  }, [data]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        ask<AlertSummary>(`/alerts/summary?${query}`, abort.signal).then(
          setSummary,
          () => undefined,
        );
        void data.lookForNews();
      },
      data.isLoaded ? NEWS_EVERY_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, data, news?.place, news?.triage]);
  return { data, summary, reload: () => setGeneration((times) => times + 1) };
}

/** The filter as the API takes it: without what only the page knows. */
export function listQuery(parameters: URLSearchParams): string {
  const own = new URLSearchParams(parameters);
  own.delete('group');
  return own.toString();
}
