import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { AlertSummary } from '../../api/shapes.ts';
import { ask, send } from '../api.ts';
import { useApp, type Theme } from '../app-state.ts';
import { STALE_MS, useLive } from '../live.ts';
import { useRoute } from '../route.ts';
import { span } from '../times.ts';
import { Mark } from './mark.tsx';
import { Value } from './value.tsx';

const SECTIONS = [
  { path: '/alerts', words: 'Alerts', icon: 'M8 2 14.5 13.5H1.5ZM8 6.5v3M8 11.2v.6' },
  {
    path: '/agents',
    words: 'Agents',
    icon: 'M3 5.5h10v7H3ZM8 5.5v-3M5.5 8.5v1M10.5 8.5v1',
  },
  { path: '/rules', words: 'Rules', icon: 'M2.5 4h11M2.5 8h7M2.5 12h9' },
  { path: '/health', words: 'Health', icon: 'M1.5 8h3l2-5 3 10 2-5h3' },
] as const;

const THEMES: readonly { readonly theme: Theme; readonly words: string }[] = [
  { theme: 'system', words: 'as the system' },
  { theme: 'light', words: 'light' },
  { theme: 'dark', words: 'dark' },
];

/** Where one is, how live it is, and who one is. On phones the sections stand at the bottom. */
export function TopBar(): JSX.Element {
  const { me, theme, setTheme, openPalette } = useApp();
  const { path } = useRoute();
  const open = useOpenCount();
  const { notReady } = useLive().pulse ?? { notReady: [] };
  const at = THEMES.findIndex((known) => known.theme === theme);
  const next = THEMES[(at + 1) % THEMES.length];
  return (
    <header class="top-bar">
      <a class="brand" href="/alerts">
        <Mark /> Tidegate
      </a>
      <nav aria-label="Sections">
        {SECTIONS.map(({ path: section, words, icon }) => (
          <a
            key={section}
            href={section}
            aria-current={path.startsWith(section) ? 'page' : undefined}
          >
            <svg class="icon" width="18" height="18" viewBox="0 0 16 16" aria-hidden="true">
              <path d={icon} fill="none" stroke="currentColor" stroke-width="1.4" />
            </svg>
            {words}
            {section === '/alerts' && open > 0 && (
              <span class="badge" aria-label={`${open} open`}>
                {countInWords(open)}
              </span>
            )}
            {section === '/health' && notReady.length > 0 && <span class="badge warn">!</span>}
          </a>
        ))}
        <button class="plain search-place" type="button" onClick={openPalette}>
          <svg class="icon" width="18" height="18" viewBox="0 0 16 16" aria-hidden="true">
            <path
              d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8L14 14"
              fill="none"
              stroke="currentColor"
              stroke-width="1.4"
            />
          </svg>
          Search
        </button>
      </nav>
      <LiveState />
      <button class="palette-button" type="button" onClick={openPalette}>
        <span>Go to, search or act</span> <kbd>Ctrl K</kbd>
      </button>
      <button
        class="round"
        type="button"
        aria-label={`Theme: ${THEMES[at]?.words ?? ''}; change to ${next?.words ?? ''}`}
        onClick={() => setTheme(next?.theme ?? 'system')}
      >
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.4" />
          <path d="M7 1.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" />
        </svg>
      </button>
      <details class="person">
        <summary class="round" aria-label={`Signed in as ${me.person}`}>
          {initials(me.person)}
        </summary>
        <div class="menu panel">
          <p>
            <Value text={me.person} />
          </p>
          <p class="quiet small">Tidegate {me.version}</p>
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </details>
    </header>
  );
}

async function signOut(): Promise<void> {
  await send('DELETE', '/session');
  window.location.assign('/login');
}

function initials(name: string): string {
  const letters = name.match(/\b[\p{L}\p{N}]/gu) ?? ['?'];
  return letters.slice(0, 2).join('').toUpperCase();
}

function useOpenCount(): number {
  const { news } = useLive();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask<AlertSummary>('/alerts/summary', abort.signal).then(
        ({ open }) => setCount(Object.values(open).reduce((sum, each) => sum + each, 0)),
        () => undefined,
      );
    }, 300);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [news?.place, news?.triage]);
  return count;
}

function LiveState(): JSX.Element {
  const { pulse, heardAt, tries } = useLive();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const silent = now - heardAt;
  if (tries > 0 && silent > STALE_MS) {
    return <span class="live stale">▲ Stale: {span(Math.floor(silent / 1000) * 1000)}</span>;
  }
  if (pulse === undefined) return <span class="live" />;
  const rate = `${countInWords(pulse.perSecond)} events/s`;
  const lag = pulse.lagMs === null ? '' : ` · lag ${span(Math.round(pulse.lagMs / 100) * 100)}`;
  const words =
    pulse.mode === 'none' ? 'no detector here' : pulse.mode === 'demo' ? 'replay' : `${rate}${lag}`;
  return (
    <span class="live">
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <circle cx="4" cy="4" r="3.5" fill="currentColor" />
      </svg>
      Live<span class="live-more"> · {words}</span>
    </span>
  );
}
