import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ApiProblem, send } from '../api.ts';
import { useApp } from '../app-state.ts';
import { Dialog } from '../parts/dialog.tsx';
import { RuleText } from './rule-text.tsx';

interface ProposeFilterProps {
  readonly id: string;
  readonly close: () => void;
}

const DAYS = [30, 90, 180] as const;
const NO_MARKS: ReadonlyMap<number, string> = new Map();

/** Mark benign: the Sigma filter that would have kept the alert silent, with owner, reason, expiry. */
export function ProposeFilter({ id, close }: ProposeFilterProps): JSX.Element {
  const { say, complain } = useApp();
  const [reason, setReason] = useState('');
  const [days, setDays] = useState<number>(DAYS[1]);
  const [filter, setFilter] = useState<string | undefined>();
  const propose = async (): Promise<void> => {
    try {
      const path = `/alerts/${encodeURIComponent(id)}/filter`;
      const answer = await send<{ readonly filter: string }>('POST', path, { reason, days });
      setFilter(answer.filter);
    } catch (error) {
      complain(error instanceof ApiProblem ? error.message : String(error));
    }
  };
  const copy = (): void => {
    navigator.clipboard.writeText(filter ?? '').then(
      () => say('Filter copied'),
      () => complain('The browser does not let this page copy; select the text'),
    );
  };
  return (
    <Dialog title="Mark benign" close={close} name="raw-dialog">
      <h2>Mark benign</h2>
      {filter === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void propose();
          }}
        >
          <label>
            <span class="label">Why is this expected?</span>
            <input
              type="text"
              data-first
              required
              maxLength={1000}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <label>
            <span class="label">For how long</span>
            <select
              value={String(days)}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
            >
              {DAYS.map((each) => (
                <option key={each} value={String(each)}>
                  {each} days
                </option>
              ))}
            </select>
          </label>
          <div class="actions">
            <button type="button" onClick={close}>
              Cancel
            </button>
            <button type="submit" class="main">
              Propose a filter
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>
            Review it, widen or narrow it, and put it beside your rules; nothing is in force until
            you do.
          </p>
          <RuleText text={filter} marks={NO_MARKS} />
          <div class="actions">
            <button type="button" onClick={close}>
              Close
            </button>
            <button type="button" class="main" onClick={copy}>
              Copy
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
