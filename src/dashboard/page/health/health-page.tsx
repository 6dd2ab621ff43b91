import type { JSX } from 'preact';

import { countInWords } from '../../../alert/words.ts';
import type { Health } from '../../api/pipeline-shapes.ts';
import { SparkLine } from '../parts/line-chart.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import { moment } from '../times.ts';
import { useAnswer } from '../use-answer.ts';
import { tilesOf, type Tile, type Verdict } from './verdicts.ts';

const REFRESH_MS = 4_000;
const LOOKS: Readonly<Record<Verdict, readonly [string, string, string]>> = {
  well: ['●', 'Well', 'ok'],
  watch: ['▲', 'Watch', 'med'],
  act: ['■', 'Act', 'crit'],
};

/** Whether the pipeline sees and delivers; the worst first. */
export function HealthPage(): JSX.Element {
  const asked = useAnswer<Health>('/health', REFRESH_MS);
  const health = asked.value;
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <div class="page-head">
        <h1>Health</h1>
        {health !== undefined && (
          <p class="quiet">
            {health.mode === 'none'
              ? 'No detector runs in this process: only the alert store is seen from here.'
              : health.mode === 'demo'
                ? 'A recorded day, times are the recording’s.'
                : `The detector runs since ${moment(health.startedAt)}.`}
          </p>
        )}
      </div>
      <Trouble asked={asked} />
      {health !== undefined && (
        <>
          <div class="tiles">
            {tilesOf(health).map((tile) => (
              <TileView key={tile.name} tile={tile} />
            ))}
          </div>
          <Tables health={health} />
        </>
      )}
    </main>
  );
}

function TileView({ tile }: { readonly tile: Tile }): JSX.Element {
  const [shape, words, name] = LOOKS[tile.verdict];
  const max = Math.max(1, tile.limit ?? 0, ...tile.line);
  return (
    <section class="panel tile" aria-label={tile.name}>
      <h2>{tile.name}</h2>
      <p class={`verdict ${name}`}>
        <span aria-hidden="true">{shape}</span> {words}
      </p>
      <p class="tile-value">
        <b>{tile.value}</b> <span class="quiet">{tile.unit}</span>
      </p>
      {tile.line.length > 1 && (
        <SparkLine
          values={tile.line}
          max={max}
          limit={tile.limit}
          width={220}
          height={32}
          label={`${tile.name} over the last hour, at most ${countInWords(Math.max(...tile.line))}`}
        />
      )}
      <p class="quiet small">
        <Value text={tile.sentence} />
      </p>
    </section>
  );
}

function Tables({ health }: { readonly health: Health }): JSX.Element {
  return (
    <div class="health-tables">
      <TablePanel
        title="Inputs"
        empty="No input is read in this process."
        heads={['Input', 'Partition', 'Position', 'End', 'Lag', 'Records/s', '']}
        numbers={[1, 2, 3, 4, 5]}
        rows={health.inputs.map((input) => [
          input.name,
          String(input.partition),
          countInWords(input.position),
          input.end === null ? '—' : countInWords(input.end),
          input.lag === null ? '—' : countInWords(input.lag),
          countInWords(input.perSecond),
          input.isPaused ? 'paused: what follows is slower' : '',
        ])}
      />
      <TablePanel
        title="Sinks and stores"
        empty="Nothing is written by this process."
        heads={['Part', 'Kind', 'State']}
        rows={health.parts.map(({ name, kind, trouble }) => [
          name,
          kind,
          trouble ?? 'writes succeed',
        ])}
      />
      <TablePanel
        title="Refused records"
        empty="None."
        heads={['Reason', 'Records']}
        numbers={[1]}
        rows={health.refused.map(({ reason, count }) => [reason, countInWords(count)])}
      />
      <TablePanel
        title="State against limits"
        empty="No state is held in this process."
        heads={['What', 'Held', 'Limit']}
        numbers={[1, 2]}
        rows={health.state.map(({ name, used, limit }) => [
          name,
          countInWords(used),
          limit === null ? '—' : countInWords(limit),
        ])}
      />
      <TablePanel
        title="What weakens detection"
        empty="Nothing is known to."
        heads={['Kind', 'Host', 'Rule', 'Times', 'Since']}
        numbers={[3]}
        rows={health.findings.map(({ kind, host, rule, count, since }) => [
          kind,
          host ?? '',
          rule ?? '',
          countInWords(count),
          moment(since),
        ])}
      />
    </div>
  );
}

interface TablePanelProps {
  readonly title: string;
  readonly empty: string;
  readonly heads: readonly string[];
  /** Columns that are numbers. */
  readonly numbers?: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

function TablePanel({ title, empty, heads, numbers = [], rows }: TablePanelProps): JSX.Element {
  const name = (place: number): string | undefined =>
    numbers.includes(place) ? 'number' : undefined;
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      {rows.length === 0 ? (
        <p class="pad quiet">{empty}</p>
      ) : (
        <div class="wide-table" tabIndex={0} role="region" aria-label={`${title} table`}>
          <table>
            <thead>
              <tr>
                {heads.map((head, place) => (
                  <th key={head} class={name(place)}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.join(' ')}>
                  {row.map((text, place) => (
                    <td key={heads[place]} class={name(place)}>
                      <Value text={text} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
