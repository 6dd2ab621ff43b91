import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import { closeReasons } from '../../api/shapes.ts';
import { send } from '../api.ts';
import { useApp } from '../app-state.ts';
import { taken, type Wish } from '../triage.ts';
import type { AskKind } from './triage-ask.tsx';
import type { Selection } from './use-cursor.ts';
import { listQuery } from './use-list.ts';

interface BulkBarProps {
  readonly selection: Selection;
  readonly total: number;
  readonly parameters: URLSearchParams;
  readonly onAct: (wish: Wish) => void;
  readonly onAsk: (kind: AskKind) => void;
  readonly onDone: () => void;
}

interface BulkAnswer {
  readonly results: readonly { readonly outcome: 'done' | 'conflict' | 'unknown' }[];
}

/** What can be done with what is selected; all that match is a second, explicit step. */
export function BulkBar(props: BulkBarProps): JSX.Element {
  const { selection, total, parameters, onAct, onAsk, onDone } = props;
  const { me, say, complain } = useApp();
  const [isAll, setIsAll] = useState(false);
  const count = isAll ? total : selection.rows.size;
  const all = async (change: Wish): Promise<void> => {
    try {
      const path = `/triage?${listQuery(parameters)}`;
      const { results } = await send<BulkAnswer>('POST', path, { change, matching: true });
      const done = results.filter(({ outcome }) => outcome === 'done').length;
      const refused = results.length - done;
      say(`${done} changed${refused === 0 ? '' : `, ${refused} were changed by others meanwhile`}`);
      selection.clear();
      onDone();
    } catch (error) {
      complain(`Not done: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <div class="bulk" role="toolbar" aria-label="Selected alerts">
      <b>{isAll ? `All ${countInWords(count)} that match` : `${countInWords(count)} selected`}</b>
      <button
        type="button"
        onClick={() => {
          const wish = taken(me.person);
          if (isAll) void all(wish);
          else onAct(wish);
        }}
      >
        Acknowledge <kbd>A</kbd>
      </button>
      {isAll ? (
        <label class="choice">
          <span>Close</span>
          <select
            value=""
            onChange={(event) => {
              const reason = closeReasons.find(({ name }) => name === event.currentTarget.value);
              if (reason !== undefined) void all({ state: 'closed', reason: reason.name });
            }}
          >
            <option value="">why?</option>
            {closeReasons.map(({ name, words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <>
          <button type="button" onClick={() => onAsk('assign')}>
            Assign <kbd>I</kbd>
          </button>
          <button type="button" onClick={() => onAsk('close')}>
            Close… <kbd>C</kbd>
          </button>
        </>
      )}
      {!isAll && total > selection.rows.size && (
        <button class="link" type="button" onClick={() => setIsAll(true)}>
          Select all {countInWords(total)} that match
        </button>
      )}
      <button class="link" type="button" onClick={selection.clear}>
        Clear
      </button>
    </div>
  );
}
