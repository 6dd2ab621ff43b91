import type { JSX } from 'preact';

import { closeReasons, type Triage, type TriageState } from '../../api/shapes.ts';

const WORDS: Readonly<Record<TriageState, string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};

/** A state by its shape: ring, half full, full with a tick. */
function StateGlyph({ state }: { readonly state: TriageState }): JSX.Element {
  return (
    <svg class="glyph" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" />
      {state === 'acknowledged' && <path d="M7 2a5 5 0 0 1 0 10Z" fill="currentColor" />}
      {state === 'closed' && (
        <>
          <circle cx="7" cy="7" r="5" fill="currentColor" />
          <path
            d="m4.6 7.2 1.7 1.7 3.2-3.4"
            fill="none"
            stroke="var(--surface)"
            stroke-width="1.5"
          />
        </>
      )}
    </svg>
  );
}

interface StateProps {
  readonly state: TriageState;
  readonly isShort?: boolean;
}

export function State({ state, isShort = false }: StateProps): JSX.Element {
  return (
    <span class="state">
      <StateGlyph state={state} />
      {isShort && state === 'acknowledged' ? 'Ack’d' : WORDS[state]}
    </span>
  );
}

/** Why an alert was closed, in words. */
export function reasonWords({ reason }: Triage): string {
  return closeReasons.find(({ name }) => name === reason)?.words ?? '';
}
