import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Me } from './api.ts';

/** What the person did, or what failed, told at the bottom left. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
  readonly undo?: (() => void) | undefined;
}

export interface AppState {
  readonly me: Me;
  readonly say: (text: string, undo?: () => void) => void;
  readonly complain: (text: string) => void;
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
  readonly openPalette: () => void;
}

export type Theme = 'system' | 'light' | 'dark';

export const AppContext = createContext<AppState | undefined>(undefined);

/** The state that all pages share. */
export function useApp(): AppState {
  const state = useContext(AppContext);
  if (state === undefined) throw new Error('used outside of the page');
  return state;
}
