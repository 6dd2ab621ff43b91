import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { Coverage, TacticColumn, TechniqueCell } from '../../api/coverage.ts';
import { Trouble } from '../parts/trouble.tsx';
import { Value } from '../parts/value.tsx';
import { useAnswer } from '../use-answer.ts';

type Framework = keyof Coverage;

/** Which techniques the loaded rules look for; the number of rules stands in every cell. */
export function CoverageMap(): JSX.Element {
  const asked = useAnswer<Coverage>('/coverage');
  const [framework, setFramework] = useState<Framework>('attack');
  const [chosen, setChosen] = useState<TechniqueCell | undefined>();
  const columns = asked.value?.[framework] ?? [];
  const cells = columns.reduce((sum, { techniques }) => sum + techniques.length, 0);
  return (
    <>
      <Trouble asked={asked} />
      <section class="panel" aria-label="Coverage">
        <header>
          <h2>Coverage</h2>
          <span class="quiet">
            {countInWords(cells)} techniques; number: rules, hatched: blind here, dot: has fired
          </span>
          <span class="switch" role="group" aria-label="Framework">
            {(['attack', 'atlas'] as const).map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={framework === name}
                onClick={() => setFramework(name)}
              >
                {name === 'attack' ? 'ATT&CK' : 'ATLAS'}
              </button>
            ))}
          </span>
        </header>
        <Matrix columns={columns} onChoose={setChosen} />
        {columns.length === 0 && <p class="pad quiet">No loaded rule names a technique of it.</p>}
        {chosen !== undefined && (
          <div class="pad" role="status">
            <b>
              <Value text={chosen.technique} />
            </b>
            : {countInWords(chosen.rules.length)} rules, {countInWords(chosen.blind)} of them not in
            force, {countInWords(chosen.alerts)} alerts.
            <ul class="plain-list">
              {chosen.rules.slice(0, 12).map((id) => (
                <li key={id}>
                  <a href={`/rules/${encodeURIComponent(id)}`}>
                    <Value text={id} />
                  </a>
                </li>
              ))}
            </ul>
          </div>
        )}
      </section>
      <p class="quiet small">
        For the ATT&CK Navigator: <code>tidegate rules coverage --sensors LIST --navigator</code>
      </p>
    </>
  );
}

interface MatrixProps {
  readonly columns: readonly TacticColumn[];
  readonly onChoose: (cell: TechniqueCell) => void;
}

const STEPS: readonly number[] = [1, 2, 5, 10];

function Matrix({ columns, onChoose }: MatrixProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const walk = (event: KeyboardEvent, column: number, row: number): void => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const wide = columns[column + step[0]];
    const to = Math.min(row + step[1], (wide?.techniques.length ?? 1) - 1);
    box.current?.querySelector<HTMLElement>(`[data-cell="${column + step[0]}-${to}"]`)?.focus();
  };
  return (
    <div class="matrix" ref={box} role="group" aria-label="Techniques by tactic">
      {columns.map(({ tactic, techniques }, column) => (
        <div class="tactic" key={tactic}>
          <h3 class="label">{tactic}</h3>
          {techniques.map((cell, row) => {
            const { technique, rules, blind, alerts } = cell;
            const step = STEPS.findLastIndex((least) => rules.length >= least) + 2;
            const isBlind = blind === rules.length;
            return (
              <button
                key={technique}
                type="button"
                data-cell={`${column}-${row}`}
                class={isBlind ? 'cell blind' : `cell heat${Math.min(step, 5)}`}
                onKeyDown={(event) => walk(event, column, row)}
                onClick={() => onChoose(cell)}
              >
                <span>{technique}</span>
                <span>
                  {alerts > 0 && <span aria-hidden="true">• </span>}
                  {rules.length}
                  <span class="hidden-text">
                    {' '}
                    rules, {alerts} alerts{isBlind && ', blind'}
                  </span>
                </span>
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
