import type { JSX } from 'preact';

import { AlertView } from './alert-view.tsx';

/** The page of one alert. */
export function AlertPage({ id }: { readonly id: string }): JSX.Element {
  return (
    <main id="main" class="scroll-page" tabIndex={0}>
      <AlertView id={id} />
    </main>
  );
}
