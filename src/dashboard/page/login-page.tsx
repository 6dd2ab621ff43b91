import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ApiProblem, send } from './api.ts';
import { Mark } from './parts/mark.tsx';

/** The form for people; whoever has the printed address needs none. */
export function LoginPage(): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [trouble, setTrouble] = useState<string | undefined>();
  const signIn = async (): Promise<void> => {
    try {
      await send('POST', '/session', { name, password });
      window.location.assign('/alerts');
    } catch (error) {
      setTrouble(error instanceof ApiProblem ? error.message : String(error));
    }
  };
  return (
    <main class="login" id="main">
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <h1 class="brand">
          <Mark /> Tidegate
        </h1>
        <label>
          <span class="label">Name</span>
          <input
            type="text"
            autocomplete="username"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          <span class="label">Password</span>
          <input
            type="password"
            autocomplete="current-password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <button class="main" type="submit">
          Sign in
        </button>
        <p role="alert" class="crit">
          {trouble}
        </p>
        <p class="quiet small">
          On the machine itself no password is needed: open the address that Tidegate printed when
          it started. A restart prints a new one.
        </p>
      </form>
    </main>
  );
}
