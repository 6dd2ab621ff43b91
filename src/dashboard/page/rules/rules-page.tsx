import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import { compareLevels } from '../../../alert/level.ts';
import type { RuleHits } from '../../api/entity-shapes.ts';
import type { LoadedRule } from '../../api/pipeline-shapes.ts';
import { Bar } from '../parts/line-chart.tsx';
import { Severity } from '../parts/severity.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import { moment } from '../times.ts';
import { useAnswer } from '../use-answer.ts';
import { CoverageMap } from './coverage-map.tsx';

interface RulesAnswer {
  readonly rules: readonly LoadedRule[];
  readonly hits: readonly RuleHits[];
}

interface Line {
  readonly rule: LoadedRule;
  readonly hits: RuleHits | undefined;
}

type Sort = 'state' | 'alerts' | 'noise' | 'perHostDay' | 'level' | 'title';

const SHOWN_MAX = 200;
const STATES: Readonly<Record<LoadedRule['state'], number>> = {
  broken: 3,
  blind: 2,
  off: 1,
  on: 0,
};

/** The rules in force, what they found and how much of it was noise; and their coverage. */
export function RulesPage({ isCoverage }: { readonly isCoverage: boolean }): JSX.Element {
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <div class="page-head">
        <h1>Rules</h1>
        <ul class="tabs">
          <li>
            <a class="tab" href="/rules" aria-current={isCoverage ? undefined : 'page'}>
              Loaded
            </a>
          </li>
          <li>
            <a class="tab" href="/rules/coverage" aria-current={isCoverage ? 'page' : undefined}>
              Coverage
            </a>
          </li>
        </ul>
      </div>
      {isCoverage ? <CoverageMap /> : <Loaded />}
    </main>
  );
}

function Loaded(): JSX.Element {
  const asked = useAnswer<RulesAnswer>('/rules');
  const [text, setText] = useState('');
  const [sort, setSort] = useState<Sort>('alerts');
  const lines = useMemo(() => linesOf(asked.value, text, sort), [asked.value, text, sort]);
  const counts = countsOf(asked.value?.rules ?? []);
  const shown = lines.slice(0, SHOWN_MAX);
  const most = Math.max(1, ...lines.map(({ hits }) => hits?.alerts ?? 0));
  const noisiest = Math.max(0.01, ...lines.map(({ hits }) => hits?.perHostDay ?? 0));
  const head = (name: Sort, words: string, isNumber = false): JSX.Element => (
    <th
      class={isNumber ? 'number' : undefined}
      aria-sort={sort === name ? 'descending' : undefined}
    >
      <button class="link" type="button" onClick={() => setSort(name)}>
        {words}
        {sort === name && ' ↓'}
      </button>
    </th>
  );
  return (
    <>
      <Trouble asked={asked} />
      <section class="panel" aria-label="Loaded rules">
        <header>
          <h2>{counts}</h2>
          <input
            type="search"
            class="filter-evidence"
            aria-label="Filter rules"
            placeholder="Filter"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </header>
        <div class="wide-table" tabIndex={0} role="region" aria-label="Rules table">
          <table>
            <thead>
              <tr>
                {head('state', 'State')}
                {head('level', 'Level')}
                {head('title', 'Rule')}
                {head('alerts', 'Alerts', true)}
                {head('perHostDay', 'A host and day', true)}
                {head('noise', 'Closed as noise', true)}
                <th>Last hit</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ rule, hits }) => (
                <tr key={rule.id}>
                  <td class="nowrap">
                    <RuleState rule={rule} />
                  </td>
                  <td>
                    <Severity level={rule.level} />
                  </td>
                  <td>
                    <a href={`/rules/${encodeURIComponent(rule.id)}`}>
                      <Value text={rule.title} />
                    </a>
                    <div class="quiet small">
                      {rule.reason !== null ? (
                        <Value text={rule.reason} />
                      ) : rule.alerts ? (
                        <Value
                          text={
                            rule.logsource === null
                              ? 'counts other rules'
                              : Object.values(rule.logsource).join(' / ')
                          }
                        />
                      ) : (
                        'only counted by others'
                      )}
                    </div>
                  </td>
                  <td class="number">
                    {countInWords(hits?.alerts ?? 0)} <Bar value={hits?.alerts ?? 0} max={most} />
                  </td>
                  <td class="number">
                    {hits?.perHostDay ?? 0} <Bar value={hits?.perHostDay ?? 0} max={noisiest} />
                  </td>
                  <td class="number">
                    {hits === undefined || hits.closed === 0
                      ? '—'
                      : `${countInWords(hits.noise)} of ${countInWords(hits.closed)}`}
                  </td>
                  <td class="nowrap">{hits === undefined ? 'never' : moment(hits.last)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {lines.length > SHOWN_MAX && (
          <p class="pad quiet">
            The first {SHOWN_MAX} of {countInWords(lines.length)}; the filter finds the others.
          </p>
        )}
      </section>
    </>
  );
}

/** The state by shape and word; colour comes on top. */
export function RuleState({ rule }: { readonly rule: LoadedRule }): JSX.Element {
  const looks = {
    on: ['●', 'ok'],
    off: ['○', 'quiet'],
    blind: ['◌', 'high'],
    broken: ['✕', 'crit'],
  } as const;
  const [shape, name] = looks[rule.state];
  return (
    <span class={name}>
      <span aria-hidden="true">{shape}</span> {rule.state}
    </span>
  );
}

function countsOf(rules: readonly LoadedRule[]): string {
  const of = (state: LoadedRule['state']): number =>
    rules.filter((rule) => rule.state === state).length;
  const rest = (['blind', 'off', 'broken'] as const)
    .filter((state) => of(state) > 0)
    .map((state) => `${countInWords(of(state))} ${state}`);
  return [`${countInWords(of('on'))} on`, ...rest].join(', ');
}

function linesOf(answer: RulesAnswer | undefined, text: string, sort: Sort): readonly Line[] {
  const hits = new Map(answer?.hits.map((each) => [each.ruleId, each]));
  const wanted = text.toLowerCase();
  const compare: Readonly<Record<Sort, (a: Line, b: Line) => number>> = {
    state: (a, b) => STATES[b.rule.state] - STATES[a.rule.state],
    level: (a, b) => compareLevels(b.rule.level, a.rule.level),
    title: (a, b) => a.rule.title.localeCompare(b.rule.title),
    alerts: (a, b) => (b.hits?.alerts ?? 0) - (a.hits?.alerts ?? 0),
    perHostDay: (a, b) => (b.hits?.perHostDay ?? 0) - (a.hits?.perHostDay ?? 0),
    noise: (a, b) => (b.hits?.noise ?? 0) - (a.hits?.noise ?? 0),
  };
  return (answer?.rules ?? [])
    .filter(({ title, id, tags }) =>
      `${title} ${id} ${tags.join(' ')}`.toLowerCase().includes(wanted),
    )
    .map((rule) => ({ rule, hits: hits.get(rule.id) }))
    .toSorted((a, b) => compare[sort](a, b) || STATES[b.rule.state] - STATES[a.rule.state]);
}
