import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { Level } from '../../../language/tree.ts';
import type { AlertSummary } from '../../api/shapes.ts';
import { looks } from '../parts/severity.tsx';
import { clock, day, moment, span } from '../times.ts';
import { tabs, type Tab } from './tabs.ts';

/** How the queue stands, in one sentence. */
export function QueueSentence(props: {
  readonly summary: AlertSummary;
  readonly now: number;
}): JSX.Element {
  const { unassigned, open, oldestOpen } = props.summary;
  const urgent = (['critical', 'high'] as const).filter((level) => open[level] > 0);
  const counts = urgent.map((level) => `${countInWords(open[level])} ${level}`).join(' and ');
  const total = urgent.reduce((sum, level) => sum + open[level], 0);
  const waited = oldestOpen === null ? '' : waitedWords(oldestOpen, props.now, total);
  return (
    <p class="queue">
      <b>
        {unassigned === 0
          ? 'No alert is unassigned.'
          : unassigned === 1
            ? '1 alert is unassigned.'
            : `${countInWords(unassigned)} alerts are unassigned.`}
      </b>{' '}
      {total === 0
        ? 'Nothing critical or high is open.'
        : `${counts} ${total === 1 ? 'is' : 'are'} open${waited}.`}
    </p>
  );
}

function waitedWords(oldest: number, now: number, total: number): string {
  const waited = Math.max(0, now - oldest);
  const who = total === 1 ? 'it has waited' : 'the oldest of them has waited';
  // Of what is weeks old, the day says more than a number.
  if (waited > 14 * 86_400_000)
    return `; ${total === 1 ? 'it is' : 'the oldest of them is'} of ${day(oldest, now)}`;
  return `; ${who} ${span(Math.floor(waited / 60_000) * 60_000)}`;
}

interface TabsProps {
  readonly summary: AlertSummary | undefined;
  readonly current: string | undefined;
  readonly onTab: (tab: Tab) => void;
}

export function Tabs({ summary, current, onTab }: TabsProps): JSX.Element {
  return (
    <ul class="tabs" aria-label="Views">
      {tabs
        .filter(({ name }) => name !== 'grown' || (summary?.tabs.grown ?? 0) > 0)
        .map((tab) => (
          <li key={tab.name}>
            <button
              type="button"
              class="plain"
              aria-pressed={tab.name === current}
              onClick={() => onTab(tab)}
            >
              {tab.words}{' '}
              <span class="number">
                {summary === undefined ? '' : countInWords(summary.tabs[tab.name])}
              </span>
            </button>
          </li>
        ))}
    </ul>
  );
}

const WIDTH = 400;
const HEIGHT = 32;
const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
const NUMBERS: Readonly<Record<Level, number>> = {
  critical: 4,
  high: 3,
  medium: 2,
  low: 1,
  informational: 0,
};

interface HistogramProps {
  readonly summary: AlertSummary;
  readonly now: number;
  /** Told of the time that was drawn over. */
  readonly onTime: (from: number, to: number) => void;
}

/** Alerts over time by level, stacked; drawing over it filters by time. */
export function HistogramChart({ summary, now, onTime }: HistogramProps): JSX.Element {
  const { buckets, from, to } = summary.histogram;
  const [drawn, setDrawn] = useState<readonly [number, number] | undefined>();
  const chart = useRef<SVGSVGElement>(null);
  const totals = LEVELS.map((level) =>
    buckets.reduce((sum, b) => sum + (b[NUMBERS[level]] ?? 0), 0),
  );
  const all = totals.reduce((sum, each) => sum + each, 0);
  const highest = Math.max(1, ...buckets.map((b) => b.reduce((sum, each) => sum + each, 0)));
  const width = WIDTH / buckets.length;
  const share = (event: PointerEvent): number => {
    const box = chart.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  return (
    <figure class="histogram">
      <figcaption class="legend label">
        {LEVELS.map((level, place) => (
          <span key={level}>
            <svg width="8" height="8" aria-hidden="true">
              <rect width="8" height="8" rx="2" class={`fill-${looks[level].name}`} />
            </svg>
            {looks[level].words} {countInWords(totals[place] ?? 0)}
          </span>
        ))}
      </figcaption>
      <svg
        ref={chart}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${all} alerts over time, ${LEVELS.map((level, place) => `${looks[level].words} ${totals[place] ?? 0}`).join(', ')}`}
        onPointerDown={(event) => setDrawn([share(event), share(event)])}
        onPointerMove={(event) => drawn && setDrawn([drawn[0], share(event)])}
        onPointerLeave={() => setDrawn(undefined)}
        onPointerUp={() => {
          if (drawn === undefined) return;
          const [a, b] = [Math.min(...drawn), Math.max(...drawn)];
          setDrawn(undefined);
          if (b - a > 0.01)
            onTime(Math.floor(from + a * (to - from)), Math.ceil(from + b * (to - from)));
        }}
      >
        {buckets.map((bucket, place) => {
          let top = HEIGHT;
          return LEVELS.map((level) => {
            const height = ((bucket[NUMBERS[level]] ?? 0) / highest) * (HEIGHT - 1);
            top -= height;
            if (height === 0) return null;
            return (
              <rect
                key={`${place} ${level}`}
                class={`fill-${looks[level].name}`}
                x={place * width + 0.5}
                y={top}
                width={width - 1}
                height={height}
              />
            );
          });
        })}
        {drawn !== undefined && (
          <rect
            class="brush"
            x={Math.min(...drawn) * WIDTH}
            width={Math.abs(drawn[1] - drawn[0]) * WIDTH}
            height={HEIGHT}
          />
        )}
      </svg>
      <div class="axis label">
        <span>{moment(from, now)}</span>
        <span>
          {countInWords(all)} in {span(Math.round((to - from) / 60_000) * 60_000)}, all states
        </span>
        <span>{Math.abs(to - now) < 120_000 ? 'now' : clock(to)}</span>
      </div>
    </figure>
  );
}
