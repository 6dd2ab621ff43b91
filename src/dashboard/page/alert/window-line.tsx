import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { textAt, valueAt } from '../../../alert/ecs-path.ts';
import { countInWords, spanInWords } from '../../../alert/words.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import { plain } from '../shown.ts';
import { clockMs, clockSeconds } from '../times.ts';
import { crossingOf, type EvidenceEvent, type Lane } from './evidence.ts';

const WIDTH = 860;
const LEFT = 56;
const RIGHT = 16;
const TOP = 24;
const CHART = 96;
const LANE = 24;
const LANES: readonly Lane[] = ['read', 'run', 'send'];

interface WindowLineProps {
  readonly alert: AlertInFull;
  readonly evidence: readonly EvidenceEvent[];
  readonly onEvent: (id: string) => void;
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly x: (time: number) => number;
}

/**
 * The window on a time line. What is known exactly is drawn: the crossing with its value, the last
 * value, and the events that were kept. Between them the line is only a guide, and the words say so.
 */
export function WindowLine({ alert, evidence, onEvent }: WindowLineProps): JSX.Element {
  const [isTable, setIsTable] = useState(false);
  const crossing = crossingOf(alert);
  const spanMs = valueAt(alert.document, 'tidegate.window.timespan_ms');
  const windowMs = typeof spanMs === 'number' ? spanMs : undefined;
  const scale = scaleOf(alert, crossing, windowMs);
  const lanes = LANES.filter((lane) => evidence.some((event) => event.lane === lane));
  const hasChart = crossing !== undefined && alert.limit !== null;
  const lanesTop = hasChart ? TOP + CHART + 12 : 12;
  const height = lanesTop + lanes.length * LANE + 22;
  const label = labelOf(alert, crossing, windowMs, evidence.length);
  return (
    <section class="panel window" id="section-1" aria-label="Window">
      <header>
        <h2>Window</h2>
        <span class="quiet">{subtitleOf(windowMs)}</span>
        <span class="legend label">
          {lanes.map((lane) => (
            <span key={lane} class={lane}>
              <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
                <Shape lane={lane} />
              </svg>
              {lane} {evidence.filter((event) => event.lane === lane).length}
            </span>
          ))}
        </span>
        <button class="link" type="button" onClick={() => setIsTable(!isTable)}>
          {isTable ? 'Show as drawing' : 'Show as table'}
        </button>
      </header>
      {isTable ? (
        <Points alert={alert} crossing={crossing} evidence={evidence} />
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label} class="window-line">
          {hasChart && (
            <Chart alert={alert} crossing={crossing} windowMs={windowMs} scale={scale} />
          )}
          {lanes.map((lane, place) => (
            <g key={lane} transform={`translate(0 ${lanesTop + place * LANE})`}>
              <text x={LEFT - 10} y={LANE / 2 + 4} text-anchor="end" class="axis-text">
                {lane}
              </text>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={LANE} y2={LANE} class="grid-line" />
              {evidence
                .filter((event) => event.lane === lane)
                .map((event) => (
                  <g
                    key={event.id}
                    class={`tick ${lane}`}
                    transform={`translate(${scale.x(event.time)} ${LANE / 2})`}
                    onClick={() => onEvent(event.id)}
                  >
                    <title>{`${clockMs(event.time)} ${plain(event.what, 120)}`}</title>
                    <Shape lane={lane} />
                  </g>
                ))}
            </g>
          ))}
          {crossing !== undefined && (
            <line
              class="crossing-line"
              x1={scale.x(crossing)}
              x2={scale.x(crossing)}
              y1={hasChart ? TOP : 4}
              y2={lanesTop + lanes.length * LANE}
            />
          )}
          <TimeAxis scale={scale} y={height - 6} />
        </svg>
      )}
      <p class="quiet small">
        Exact: the crossing, the last value and the {countInWords(evidence.length)} of{' '}
        {countInWords(alert.count)} events that were kept. The curve between them is a guide.
      </p>
    </section>
  );
}

function scaleOf(
  alert: AlertInFull,
  crossing: number | undefined,
  windowMs: number | undefined,
): Scale {
  const opens = crossing === undefined ? alert.first : crossing - (windowMs ?? 0);
  const from = Math.min(alert.first, Math.max(opens, alert.first - 60_000));
  const to = Math.max(alert.last, crossing ?? alert.last, from + 1_000);
  const pad = (to - from) * 0.03;
  const [start, end] = [from - pad, to + pad];
  const x = (time: number): number =>
    LEFT + ((time - start) / (end - start)) * (WIDTH - LEFT - RIGHT);
  return { from: start, to: end, x };
}

function subtitleOf(windowMs: number | undefined): string {
  return windowMs === undefined
    ? 'one event, event time'
    : `sliding ${spanInWords(windowMs)}, event time`;
}

function labelOf(
  alert: AlertInFull,
  crossing: number | undefined,
  windowMs: number | undefined,
  kept: number,
): string {
  if (crossing === undefined || alert.limit === null) {
    return `${kept} events from ${clockSeconds(alert.first)} to ${clockSeconds(alert.last)}.`;
  }
  return (
    `Value in a sliding ${spanInWords(windowMs ?? 0)} window. Limit ${alert.limit}, ` +
    `crossed at ${clockSeconds(crossing)}, reached ${alert.value ?? alert.limit}.`
  );
}

interface ChartProps {
  readonly alert: AlertInFull;
  readonly crossing: number;
  readonly windowMs: number | undefined;
  readonly scale: Scale;
}

function Chart({ alert, crossing, windowMs, scale }: ChartProps): JSX.Element {
  const limit = alert.limit ?? 0;
  const start = valueAt(alert.document, 'tidegate.value');
  const atCrossing = typeof start === 'number' ? start : limit;
  const peak = Math.max(alert.value ?? atCrossing, atCrossing);
  const top = niceTop(Math.max(peak, limit));
  const y = (value: number): number => TOP + CHART - (value / top) * CHART;
  const first = Math.max(scale.from, alert.first);
  const curve: readonly (readonly [number, number])[] = [
    [scale.x(first), y(0)],
    [scale.x(crossing), y(atCrossing)],
    [scale.x(alert.last), y(peak)],
  ];
  const line = curve.map(([x, at], place) => `${place === 0 ? 'M' : 'L'}${x} ${at}`).join('');
  const area = `${line}L${scale.x(alert.last)} ${y(0)}Z`;
  const limitY = y(limit);
  const [cx, cy] = [scale.x(crossing), y(atCrossing)];
  const opens = scale.x(Math.max(scale.from, crossing - (windowMs ?? 0)));
  const unit = textAt(alert.document, 'tidegate.unit') ?? '';
  return (
    <g>
      <clipPath id="above">
        <rect x="0" y="0" width={WIDTH} height={limitY} />
      </clipPath>
      <clipPath id="below">
        <rect x="0" y={limitY} width={WIDTH} height={CHART + TOP} />
      </clipPath>
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} class="grid-line" />
          <text x={LEFT - 10} y={y(value) + 4} text-anchor="end" class="axis-text">
            {countInWords(value)}
          </text>
        </g>
      ))}
      <path d={area} class="below-area" clip-path="url(#below)" />
      <path d={area} class="above-area" clip-path="url(#above)" />
      <path d={line} class="below-line" clip-path="url(#below)" />
      <path d={line} class="above-line" clip-path="url(#above)" />
      <path d={`M${opens} ${TOP - 2}V${TOP - 8}H${cx}V${TOP - 2}`} class="bracket" />
      <text x={(opens + cx) / 2} y={TOP - 12} text-anchor="middle" class="axis-text">
        {windowMs === undefined ? '' : `${spanInWords(windowMs)} window at the crossing`}
      </text>
      <line x1={LEFT} x2={WIDTH - RIGHT} y1={limitY} y2={limitY} class="limit-line" />
      <text x={LEFT + 6} y={limitY - 5} class="limit-text">
        limit: {countInWords(limit)} {unit}
      </text>
      <circle cx={cx} cy={cy} r="4" class="crossing" />
      <text x={cx + 8} y={Math.min(cy + 16, TOP + CHART - 4)} class="limit-text">
        crossed {clockSeconds(crossing)}
      </text>
      {peak > atCrossing && (
        <text
          x={Math.min(scale.x(alert.last), WIDTH - RIGHT - 4)}
          y={y(peak) - 6}
          text-anchor="end"
          class="peak-text"
        >
          {countInWords(peak)} by {clockSeconds(alert.last)}
        </text>
      )}
    </g>
  );
}

/** A round number at or above. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= value * 1.05) ?? 20;
  return Math.max(2, step * power);
}

function Shape({ lane }: { readonly lane: Lane }): JSX.Element {
  if (lane === 'read') return <circle r="3.5" fill="currentColor" />;
  if (lane === 'run') {
    return (
      <rect
        x="-3.5"
        y="-3.5"
        width="7"
        height="7"
        rx="1.5"
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
      />
    );
  }
  return <path d="M0-5 5 0 0 5-5 0Z" fill="currentColor" />;
}

function TimeAxis({ scale, y }: { readonly scale: Scale; readonly y: number }): JSX.Element {
  const marks = Array.from(
    { length: 6 },
    (_, place) => scale.from + ((scale.to - scale.from) * (place + 0.5)) / 6,
  );
  return (
    <g>
      {marks.map((time) => (
        <text key={time} x={scale.x(time)} y={y} text-anchor="middle" class="axis-text">
          {clockSeconds(time)}
        </text>
      ))}
    </g>
  );
}

interface PointsProps {
  readonly alert: AlertInFull;
  readonly crossing: number | undefined;
  readonly evidence: readonly EvidenceEvent[];
}

function Points({ alert, crossing, evidence }: PointsProps): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th>Time</th>
          <th>What</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((event) => (
          <tr key={event.id}>
            <td class="mono">{clockMs(event.time)}</td>
            <td>
              {event.lane}
              {event.time === crossing && `, reached the limit of ${alert.limit ?? ''}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
