import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { AgentPage } from './agents/agent-page.tsx';
import { AgentsPage } from './agents/agents-page.tsx';
import { AlertPage } from './alert/alert-page.tsx';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { ApiProblem, ask, signedIn, type Me } from './api.ts';
import { AppContext, type AppState, type Theme, type Toast } from './app-state.ts';
import { HealthPage } from './health/health-page.tsx';
import { useKeys } from './keys.ts';
import { startLive } from './live.ts';
import { LoginPage } from './login-page.tsx';
import { KeysHelp } from './parts/keys-help.tsx';
import { Palette } from './parts/palette.tsx';
import { Toasts } from './parts/toasts.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { followLinks, go, useRoute } from './route.ts';
import { RulePage } from './rules/rule-page.tsx';
import { RulesPage } from './rules/rules-page.tsx';
import { showUtc, showsUtc } from './times.ts';
import { applyTheme, storedTheme } from './theme.ts';

const TOASTS_MAX = 3;
const TOAST_MS = 6_000;
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The whole page: who one is first, then the view that the address names. */
export function App(): JSX.Element | null {
  const [me, setMe] = useState<Me | 'nobody' | undefined>();
  useEffect(() => {
    ask<Me>('/session').then(
      (known) => {
        signedIn(known);
        setMe(known);
      },
      (error: unknown) => {
        const isUnknown = error instanceof ApiProblem && error.status === 401;
        setMe(isUnknown ? 'nobody' : undefined);
        if (!isUnknown) setTimeout(() => window.location.reload(), TOAST_MS);
      },
    );
  }, []);
  if (me === undefined) return null;
  if (me === 'nobody') return <LoginPage />;
  return <Signed me={me} />;
}

function Signed({ me }: { readonly me: Me }): JSX.Element {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const [overlay, setOverlay] = useState<'palette' | 'keys' | undefined>();
  const count = useRef(0);
  const [, redraw] = useState(0);
  useEffect(startLive, []);

  const drop = useCallback((id: number): void => {
    setToasts((known) => known.filter((toast) => toast.id !== id));
  }, []);
  const state = useMemo((): AppState => {
    const add = (text: string, isError: boolean, undo?: () => void): void => {
      const id = ++count.current;
      setToasts((known) => [...known, { id, text, isError, undo }].slice(-TOASTS_MAX));
    };
    return {
      me,
      say: (text, undo) => add(text, false, undo),
      complain: (text) => add(text, true),
      theme,
      setTheme: (next) => {
        applyTheme(next);
        setTheme(next);
      },
      openPalette: () => setOverlay('palette'),
    };
  }, [me, theme]);

  useKeys({
    'g a': () => go('/alerts'),
    'g e': () => go('/agents'),
    'g r': () => go('/rules'),
    'g h': () => go('/health'),
    t: () => state.setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'),
    z: () => {
      showUtc(!showsUtc());
      redraw((times) => times + 1);
    },
    '?': () => setOverlay('keys'),
    'ctrl k': () => setOverlay('palette'),
  });

  const close = (): void => setOverlay(undefined);
  return (
    <AppContext.Provider value={state}>
      {/* Links work without this; with it the page is not loaded again. */}
      <div class="app" onClick={followLinks}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <TopBar />
        <View />
        <Toasts toasts={toasts} drop={drop} lifeMs={TOAST_MS} />
        {overlay === 'palette' && <Palette close={close} />}
        {overlay === 'keys' && <KeysHelp close={close} />}
      </div>
    </AppContext.Provider>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  alerts: 'Alerts',
  agents: 'Agents',
  rules: 'Rules',
  health: 'Health',
};

function View(): JSX.Element {
  const { path } = useRoute();
  const [, section = '', ...rest] = path.split('/');
  const name = decoded(rest.join('/'));
  useEffect(() => {
    document.title = `${TITLES[section] ?? 'Alerts'} · Tidegate`;
  }, [section]);
  useEffect(() => {
    if (path === '/' || path === '/login') go('/alerts', true);
  }, [path]);
  if (section === 'agents' && name !== '') return <AgentPage place={name} key={name} />;
  if (section === 'agents') return <AgentsPage />;
  if (section === 'rules' && name !== '' && name !== 'coverage') {
    return <RulePage id={name} key={name} />;
  }
  if (section === 'rules') return <RulesPage isCoverage={name === 'coverage'} />;
  if (section === 'health') return <HealthPage />;
  if (section === 'alerts' && name !== '') return <AlertPage id={name} key={name} />;
  return <AlertsPage />;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
