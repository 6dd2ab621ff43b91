import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { AlertRow } from '../../api/shapes.ts';
import { AlertView } from '../alert/alert-view.tsx';
import { useApp } from '../app-state.ts';
import { useKeys } from '../keys.ts';
import { STALE_MS, useLive } from '../live.ts';
import { VirtualList } from '../parts/virtual-list.tsx';
import { alertsAddress, go, useRoute } from '../route.ts';
import { clockSeconds } from '../times.ts';
import { useWide } from '../use-wide.ts';
import { taken, type Wish } from '../triage.ts';
import { Row, WaitingRow } from './alert-row.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { EmptyList } from './empty-list.tsx';
import { Facets } from './facets.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Groups } from './groups.tsx';
import { HistogramChart, QueueSentence, Tabs } from './queue.tsx';
import { tabOf, withTab } from './tabs.ts';
import { TriageAsk, type AskKind } from './triage-ask.tsx';
import { useCursor, useSelection } from './use-cursor.ts';
import { useList, type List } from './use-list.ts';
import { useTriage } from './use-triage.ts';

/** Of the design: a virtual list needs it fixed. In px. */
const ROW_HEIGHT = 52;
const CARD_HEIGHT = 132;
const PAGE_ROWS = 10;
/** Rows that one key selects. */
const SELECT_MAX = 200;

/** The list of alerts. Without a filter in the address, it is the one of what is to be done. */
export function AlertsPage(): JSX.Element {
  const { parameters, hash } = useRoute();
  const isBare = [...parameters].length === 0;
  useEffect(() => {
    if (isBare) go('/alerts?state=open,acknowledged', true);
  }, [isBare]);
  if (isBare) return <main id="main" />;
  return <Alerts parameters={parameters} preview={hash === 'main' ? '' : hash} />;
}

interface AlertsProps {
  readonly parameters: URLSearchParams;
  readonly preview: string;
}

function Alerts({ parameters, preview }: AlertsProps): JSX.Element {
  const list = useList(parameters);
  const { data, summary } = list;
  const width = useWide();
  const input = useRef<HTMLInputElement | null>(null);
  const group = parameters.get('group');
  const filter = useCallback((next: URLSearchParams) => go(alertsAddress(next)), []);
  const now = useNow();
  return (
    <main id="main" class="alerts">
      {width >= 1920 && <Facets summary={summary} parameters={parameters} onFilter={filter} />}
      <section class="list-side" aria-label="Alerts">
        <StaleBar />
        <div class="queue-head">
          <div>
            {summary !== undefined && <QueueSentence summary={summary} now={now} />}
            <Tabs
              summary={summary}
              current={tabOf(parameters)?.name}
              onTab={(tab) => filter(withTab(parameters, tab))}
            />
          </div>
          {summary !== undefined && width >= 720 && (
            <HistogramChart
              summary={summary}
              now={now}
              onTime={(from, to) => {
                const next = new URLSearchParams(parameters);
                next.set('from', String(from));
                next.set('to', String(to));
                filter(next);
              }}
            />
          )}
        </div>
        <FilterBar
          parameters={parameters}
          summary={summary}
          input={input}
          onFilter={filter}
          onLeave={() => document.getElementById('alert-grid')?.focus()}
        />
        {group === null ? (
          <Grid
            key={parameters.toString()}
            list={list}
            parameters={parameters}
            preview={preview}
            input={input}
            width={width}
            now={now}
          />
        ) : (
          <Groups parameters={parameters} by={group} now={now} place={data.place} />
        )}
      </section>
      {preview !== '' && (
        <aside class={width >= 1920 ? 'preview side' : 'preview over panel'} aria-label="Preview">
          <AlertView id={preview} isPreview />
        </aside>
      )}
    </main>
  );
}

interface GridProps {
  readonly list: List;
  readonly parameters: URLSearchParams;
  readonly preview: string;
  readonly input: { current: HTMLInputElement | null };
  readonly width: number;
  readonly now: number;
}

function Grid({ list, parameters, preview, input, width, now }: GridProps): JSX.Element {
  const { data, summary, reload } = list;
  const { say, me } = useApp();
  const { at, move } = useCursor(data.rowsShown);
  const selection = useSelection();
  const triage = useTriage((row) => data.replace(row));
  const [asking, setAsking] = useState<AskKind | undefined>();
  const grid = useRef<HTMLDivElement>(null);
  const current = data.row(at);
  const isCards = width < 720;
  const onRange = useCallback((from: number, to: number) => data.ensure(from, to), [data]);

  useEffect(() => {
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, []);

  const targets = (): readonly AlertRow[] => {
    if (selection.rows.size > 0) {
      return [...selection.rows.values()].map((row) => data.row(data.indexOf(row.id) ?? -1) ?? row);
    }
    return current === undefined ? [] : [current];
  };
  const act = (wish: Wish): void => {
    const rows = targets();
    const isOne = selection.rows.size === 0;
    triage.act(rows, wish);
    selection.clear();
    // After closing one, the next is at hand.
    if (isOne && wish.state === 'closed') move(at + 1);
  };
  const show = (row: AlertRow | undefined): void => {
    if (row !== undefined) go(alertsAddress(parameters, row.id), true);
  };
  const moveTo = (to: number): void => {
    move(to);
    if (preview !== '') show(data.row(Math.max(0, Math.min(to, data.rowsShown - 1))));
  };
  const extend = (step: number): void => {
    selection.add([current, data.row(at + step)]);
    moveTo(at + step);
  };
  const open = (index: number): void => {
    const row = data.row(index);
    if (row === undefined) return;
    rememberPlace(parameters, index);
    go(`/alerts/${encodeURIComponent(row.id)}`);
  };
  useRestoredPlace(parameters, data.isLoaded, move);
  useKeys({
    j: () => moveTo(at + 1),
    k: () => moveTo(at - 1),
    ArrowDown: () => moveTo(at + 1),
    ArrowUp: () => moveTo(at - 1),
    PageDown: () => moveTo(at + PAGE_ROWS),
    PageUp: () => moveTo(at - PAGE_ROWS),
    Home: () => moveTo(0),
    End: () => moveTo(data.rowsShown - 1),
    Enter: () => open(at),
    Space: () => (preview === '' ? show(current) : go(alertsAddress(parameters), true)),
    Escape: () => {
      if (preview !== '') go(alertsAddress(parameters), true);
      else selection.clear();
    },
    x: () => selection.toggle(current),
    'shift J': () => extend(1),
    'shift ArrowDown': () => extend(1),
    'shift K': () => extend(-1),
    'shift ArrowUp': () => extend(-1),
    '*': () =>
      selection.add(
        Array.from({ length: Math.min(SELECT_MAX, data.rowsShown) }, (_, index) => data.row(index)),
      ),
    a: () => act(taken(me.person)),
    c: () => setAsking('close'),
    i: () => setAsking('assign'),
    m: () => setAsking('comment'),
    u: triage.undo,
    '/': () => input.current?.focus(),
    '.': reload,
    y: () => {
      const address = new URL(`/alerts/${encodeURIComponent(current?.id ?? '')}`, location.href);
      void navigator.clipboard.writeText(address.href).then(() => say('Link copied'));
    },
  });

  return (
    <>
      {selection.rows.size > 0 && (
        <BulkBar
          selection={selection}
          total={data.total}
          parameters={parameters}
          onAct={act}
          onAsk={setAsking}
          onDone={reload}
        />
      )}
      <div class={`list panel${selection.rows.size > 0 ? ' selecting' : ''}`}>
        <NewsBar list={list} />
        {data.trouble !== undefined && (
          <p class="trouble" role="alert">
            The list can not be read: {data.trouble}.{' '}
            <button type="button" onClick={reload}>
              Try again
            </button>
          </p>
        )}
        <div
          class="grid"
          id="alert-grid"
          role="grid"
          ref={grid}
          tabIndex={0}
          aria-label="Alerts"
          aria-rowcount={data.total + 1}
          aria-multiselectable="true"
          aria-activedescendant={data.rowsShown > 0 ? `row-${at}` : undefined}
        >
          {!isCards && <Heads />}
          {data.isLoaded && data.total === 0 ? (
            <EmptyList parameters={parameters} summary={summary} />
          ) : (
            <VirtualList
              count={data.rowsShown}
              rowHeight={isCards ? CARD_HEIGHT : ROW_HEIGHT}
              isMeasured={isCards}
              cursor={at}
              onRange={onRange}
              renderRow={(index) => {
                const row = data.row(index);
                if (row === undefined) return <WaitingRow index={index} />;
                return (
                  <Row
                    row={row}
                    index={index}
                    isCursor={index === at}
                    isSelected={selection.rows.has(row.id)}
                    hasGrown={data.grown.has(row.id)}
                    isUnsaved={triage.unsaved.has(row.id)}
                    now={now}
                    onOpen={(opened) => {
                      move(opened);
                      open(opened);
                    }}
                    onSelect={() => {
                      move(index);
                      selection.toggle(row);
                    }}
                    onUndo={() => triage.undoOne(row)}
                  />
                );
              }}
            />
          )}
        </div>
      </div>
      {width >= 1280 && <Footer at={at} total={data.total} />}
      {asking !== undefined && (
        <TriageAsk
          kind={asking}
          rows={targets()}
          summary={summary}
          close={() => setAsking(undefined)}
          onWish={act}
        />
      )}
    </>
  );
}

function Heads(): JSX.Element {
  const heads = ['', 'Severity', 'What happened', 'Host / user', 'Count', 'Last seen', 'State'];
  return (
    <div class="row heads" role="row" aria-rowindex={1}>
      {heads.map((head, place) => (
        <div role="columnheader" key={head} class={place === 4 ? 'count' : undefined}>
          {head === '' ? <span class="hidden-text">Selected</span> : head}
        </div>
      ))}
    </div>
  );
}

function NewsBar({ list }: { readonly list: List }): JSX.Element {
  const { news, newsTotal } = list.data;
  const high = news.filter(({ level }) => level === 'high' || level === 'critical').length;
  const words =
    newsTotal === 1 ? '1 new alert above' : `${countInWords(newsTotal)} new alerts above`;
  return (
    <div class="news-place" aria-live="polite">
      {newsTotal > 0 && (
        <button class="news" type="button" onClick={list.reload}>
          {words}
          {high > 0 && `, ${countInWords(high)} high`} <kbd>.</kbd>
        </button>
      )}
    </div>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['J K', 'move'],
  ['X', 'select'],
  ['A', 'acknowledge'],
  ['C', 'close'],
  ['I', 'assign'],
  ['M', 'comment'],
  ['Space', 'preview'],
  ['Enter', 'open'],
  ['?', 'all keys'],
];

function Footer({ at, total }: { readonly at: number; readonly total: number }): JSX.Element {
  return (
    <footer class="keys-footer">
      <ul>
        {KEYS.map(([keys, does]) => (
          <li key={keys}>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}{' '}
            {does}
          </li>
        ))}
      </ul>
      <span class="quiet">
        {total === 0 ? '' : `${countInWords(at + 1)} of ${countInWords(total)}`}
      </span>
    </footer>
  );
}

function StaleBar(): JSX.Element | null {
  const { heardAt, tries } = useLive();
  const now = useNow(1_000);
  if (tries === 0 || now - heardAt < STALE_MS) return null;
  return (
    <p class="stale-bar" role="status">
      As of {clockSeconds(heardAt)}; reconnecting, try {tries}. What you decide is kept and saved
      then.
    </p>
  );
}

/** Our own clock, so often. */
function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

let place: { readonly query: string; readonly index: number } | undefined;

function rememberPlace(parameters: URLSearchParams, index: number): void {
  place = { query: parameters.toString(), index };
}

/** Coming back from an alert, the cursor is where it was. */
function useRestoredPlace(
  parameters: URLSearchParams,
  isLoaded: boolean,
  move: (to: number) => void,
): void {
  useEffect(() => {
    if (!isLoaded || place?.query !== parameters.toString()) return;
    move(place.index);
    place = undefined;
  }, [isLoaded]);
}
