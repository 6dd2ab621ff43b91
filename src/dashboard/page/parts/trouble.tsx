import type { JSX } from 'preact';

import type { Asked } from '../use-answer.ts';

/** What failed in a panel, and the way to try again; other panels live on. */
export function Trouble({ asked }: { readonly asked: Asked<unknown> }): JSX.Element | null {
  if (asked.trouble === undefined) return null;
  return (
    <p class="panel pad trouble" role="alert">
      This can not be read: {asked.trouble}.{' '}
      <button type="button" onClick={asked.again}>
        Try again
      </button>
    </p>
  );
}
