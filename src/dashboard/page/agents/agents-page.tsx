import type { JSX } from 'preact';

import { countInWords } from '../../../alert/words.ts';
import type { AgentFacts } from '../../api/entity-shapes.ts';
import { SparkLine } from '../parts/line-chart.tsx';
import { Severity } from '../parts/severity.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import { moment } from '../times.ts';
import { useAnswer } from '../use-answer.ts';

/** Every watched agent that alerts name, the riskiest first. */
export function AgentsPage(): JSX.Element {
  const asked = useAnswer<{ readonly agents: readonly AgentFacts[] }>('/agents');
  const agents = asked.value?.agents;
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <div class="page-head">
        <h1>Agents</h1>
        <p class="quiet">
          What alerts say of each. Risk is a sum of points that halves every week; what was closed
          as expected or false counts nothing.
        </p>
      </div>
      <Trouble asked={asked} />
      <section class="panel" aria-label="Agents">
        <div class="wide-table" tabIndex={0} role="region" aria-label="Agents table">
          <table>
            <thead>
              <tr>
                <th>Agent</th>
                <th>Worst</th>
                <th class="number">Alerts</th>
                <th class="number">Open</th>
                <th class="number">Hosts</th>
                <th class="number">Users</th>
                <th class="number">New destinations, 7 d</th>
                <th>Last alert</th>
                <th class="number">Risk now</th>
                <th>30 days, 0 to 100</th>
              </tr>
            </thead>
            <tbody>
              {agents?.map((each) => (
                <tr key={each.agent}>
                  <td>
                    <a href={`/agents/agent/${encodeURIComponent(each.agent)}`}>
                      <b>
                        <Value text={each.agent} />
                      </b>
                    </a>
                  </td>
                  <td>
                    <Severity level={each.level} />
                  </td>
                  <td class="number">{countInWords(each.alerts)}</td>
                  <td class="number">{countInWords(each.open)}</td>
                  <td class="number">{countInWords(each.hosts)}</td>
                  <td class="number">{countInWords(each.users)}</td>
                  <td class="number">{countInWords(each.newDestinations)}</td>
                  <td class="nowrap">{moment(each.last)}</td>
                  <td class="number">
                    <b>{each.risk}</b> of 100
                  </td>
                  <td>
                    <SparkLine
                      values={each.riskByDay}
                      max={100}
                      label={`Risk over 30 days, now ${each.risk} of 100`}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {agents?.length === 0 && <p class="pad quiet">No alert names an agent yet.</p>}
      </section>
    </main>
  );
}
