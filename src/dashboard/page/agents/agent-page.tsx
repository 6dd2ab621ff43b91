import type { JSX } from 'preact';

import { countInWords } from '../../../alert/words.ts';
import type { EntityFacts, Seen } from '../../api/entity-shapes.ts';
import { SparkLine } from '../parts/line-chart.tsx';
import { Severity } from '../parts/severity.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import { day, moment } from '../times.ts';
import { useAnswer } from '../use-answer.ts';

const KINDS: Readonly<Record<string, string>> = { agent: 'Agent', host: 'Host', user: 'User' };

/** An agent, host or user: its risk, and what it was seen with. `place` is `kind/name`. */
export function AgentPage({ place }: { readonly place: string }): JSX.Element {
  const cut = place.indexOf('/');
  const kind = place.slice(0, cut);
  const name = place.slice(cut + 1);
  const asked = useAnswer<EntityFacts>(`/entities/${kind}/${encodeURIComponent(name)}`);
  const facts = asked.value;
  const list = `/alerts?state=open,acknowledged,closed&${kind}=${encodeURIComponent(name)}`;
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <div class="page-head">
        <p class="crumbs quiet">
          <a href="/agents">Agents</a> / {KINDS[kind] ?? ''}
        </p>
        <h1>
          <Value text={name} />
        </h1>
        {facts !== undefined && (
          <p class="quiet">
            <a href={list}>
              {countInWords(facts.alerts)} {facts.alerts === 1 ? 'alert' : 'alerts'}
            </a>
          </p>
        )}
      </div>
      <Trouble asked={asked} />
      {facts !== undefined && (
        <>
          <section class="panel" aria-label="Risk">
            <header>
              <h2>Risk</h2>
              <span class="quiet">
                <b>{facts.risk}</b> of 100 now; points halve every week
              </span>
            </header>
            <div class="pad">
              <SparkLine
                values={facts.riskByDay}
                max={100}
                width={640}
                height={72}
                label={`Risk over 30 days, now ${facts.risk} of 100`}
              />
            </div>
            <div
              class="wide-table"
              tabIndex={0}
              role="region"
              aria-label="What the risk is made of"
            >
              <table>
                <thead>
                  <tr>
                    <th class="number">Points</th>
                    <th>Severity</th>
                    <th>Alert</th>
                    <th>Last seen</th>
                  </tr>
                </thead>
                <tbody>
                  {facts.parts.map((part) => (
                    <tr key={part.id}>
                      <td class="number">{part.points}</td>
                      <td>
                        <Severity level={part.level} />
                      </td>
                      <td>
                        <a href={`/alerts/${encodeURIComponent(part.id)}`}>
                          <Value text={part.sentence} />
                        </a>
                      </td>
                      <td class="nowrap">{moment(part.last)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
          <div class="seen-panels">
            {kind !== 'agent' && <SeenPanel title="Agents" kind="agent" seen={facts.agents} />}
            {kind !== 'host' && <SeenPanel title="Hosts" kind="host" seen={facts.hosts} />}
            {kind !== 'user' && <SeenPanel title="Users" kind="user" seen={facts.users} />}
            <SeenPanel title="Destinations" kind="destination" seen={facts.destinations} />
            <SeenPanel title="Lineages" kind="lineage" seen={facts.lineages} />
          </div>
        </>
      )}
    </main>
  );
}

interface SeenPanelProps {
  readonly title: string;
  readonly kind: string;
  readonly seen: readonly Seen[];
}

function SeenPanel({ title, kind, seen }: SeenPanelProps): JSX.Element {
  const isEntity = kind in KINDS;
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span class="quiet">the newest first</span>
      </header>
      {seen.length === 0 ? (
        <p class="pad quiet">None in alerts.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>First seen</th>
              <th class="number">Alerts</th>
            </tr>
          </thead>
          <tbody>
            {seen.slice(0, 20).map(({ value, first, alerts }) => (
              <tr key={value}>
                <td>
                  <a
                    href={
                      isEntity
                        ? `/agents/${kind}/${encodeURIComponent(value)}`
                        : `/alerts?state=open,acknowledged,closed&${kind}=${encodeURIComponent(value)}`
                    }
                  >
                    <Value text={value} isCode={!isEntity} />
                  </a>
                </td>
                <td class="nowrap">{day(first)}</td>
                <td class="number">{countInWords(alerts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
