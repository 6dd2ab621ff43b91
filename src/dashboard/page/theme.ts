import type { Theme } from './app-state.ts';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** The theme that was chosen before in this browser. */
export function storedTheme(): Theme {
  const stored = window.localStorage.getItem('tidegate.theme');
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Shows a theme and remembers it; `system` follows the machine. */
export function applyTheme(theme: Theme): void {
  window.localStorage.setItem('tidegate.theme', theme);
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}

dark.addEventListener('change', () => applyTheme(storedTheme()));
