import { render } from 'preact';

import { App } from './app.tsx';
import { applyTheme, storedTheme } from './theme.ts';

applyTheme(storedTheme());
const root = document.getElementById('page');
if (root !== null) render(<App />, root);
