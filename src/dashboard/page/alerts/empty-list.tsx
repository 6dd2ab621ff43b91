import type { JSX } from 'preact';

import { countInWords, spanInWords } from '../../../alert/words.ts';
import type { AlertSummary } from '../../api/shapes.ts';
import { useLive } from '../live.ts';
import { alertsAddress } from '../route.ts';
import { Value } from '../parts/value.tsx';
import { chipsOf, withoutChip } from './chips.ts';

/** Nothing is in the newest minutes: silence that must not look like safety. */
const SILENT_MS = 10 * 60_000;

interface EmptyListProps {
  readonly parameters: URLSearchParams;
  readonly summary: AlertSummary | undefined;
}

/** Why the list is empty: nothing happened, the filter hides it, or nothing arrives. */
export function EmptyList({ parameters, summary }: EmptyListProps): JSX.Element {
  const { pulse } = useLive();
  const all = summary?.tabs.all ?? 0;
  const isSilent =
    pulse?.mode === 'run' &&
    pulse.newestEvent !== null &&
    pulse.now - pulse.newestEvent > SILENT_MS;
  if (isSilent) {
    return (
      <div class="empty silent" role="alert">
        <p>
          <b>
            No events for {spanInWords(pulse.now - (pulse.newestEvent ?? 0))}. Silence here is not
            safety.
          </b>
        </p>
        <p>
          <a href="/health">See Health</a>
        </p>
      </div>
    );
  }
  const chips = chipsOf(parameters);
  if (all > 0 || chips.some(({ name }) => name !== 'state')) {
    return (
      <div class="empty">
        <p>
          <b>None matches.</b> {countInWords(all)} in other states.
        </p>
        <ul class="tags">
          {chips.map((chip) => (
            <li key={`${chip.name} ${chip.value}`}>
              <a class="tag" href={alertsAddress(withoutChip(parameters, chip))}>
                without <Value text={chip.name} /> <Value text={chip.value} />
              </a>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div class="empty">
      <p>
        <b>No alerts.</b> {pulse === undefined ? '' : wellWords(pulse)}
      </p>
      <p class="quiet">
        To see one on purpose: <code>npm run -s tidegate -- simulate --help</code>
      </p>
    </div>
  );
}

function wellWords(pulse: NonNullable<ReturnType<typeof useLive>['pulse']>): string {
  if (pulse.mode === 'none') return 'No detector runs in this process; Health says more.';
  const newest =
    pulse.newestEvent === null
      ? 'no event yet'
      : pulse.lagMs === null
        ? 'a recorded day'
        : `newest ${spanInWords(Math.round(pulse.lagMs))} old`;
  return `${countInWords(pulse.perSecond)} events/s, ${newest}.`;
}
