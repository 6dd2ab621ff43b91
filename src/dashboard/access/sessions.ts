import { randomBytes } from 'node:crypto';

import type { Person } from './people.ts';

/** A browser that has signed in. */
export interface Session {
  readonly id: string;
  readonly person: Person;
  /** Must come with every change, in a header that no other site can send. */
  readonly csrf: string;
  usedAt: number;
}

const IDLE_MS_MAX = 12 * 3_600_000;
const SESSIONS_MAX = 1000;
const ID_BYTES = 32;

/** Sessions of this process; a restart asks everybody to sign in again. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(person: Person): Session {
    const secret = (): string => randomBytes(ID_BYTES).toString('base64url');
    const session = { id: secret(), person, csrf: secret(), usedAt: this.#now() };
    const [oldest] = this.#byId.keys();
    if (this.#byId.size >= SESSIONS_MAX && oldest !== undefined) this.#byId.delete(oldest);
    this.#byId.set(session.id, session);
    return session;
  }

  find(id: string): Session | undefined {
    const session = this.#byId.get(id);
    if (session === undefined) return undefined;
    this.#byId.delete(id);
    if (this.#now() - session.usedAt > IDLE_MS_MAX) return undefined;
    // Behind all others again: the first one is the one that was idle for longest.
    session.usedAt = this.#now();
    this.#byId.set(id, session);
    return session;
  }

  end(id: string): void {
    this.#byId.delete(id);
  }
}
