import { compileWildcard } from '../policy/wildcard.ts';
import type { Wildcard } from '../policy/wildcard.ts';

/** Hosts of a list: whole names, `*.name` for all below it, and the few with a wildcard elsewhere. */
export class HostSet {
  readonly #exact: Set<string> = new Set();
  readonly #below: Set<string> = new Set();
  readonly #patterns: Wildcard[] = [];

  constructor(values: readonly string[]) {
    for (const value of values) {
      const folded = value.toLowerCase();
      const rest = folded.slice(2);
      if (!folded.includes('*') && !folded.includes('?')) this.#exact.add(folded);
      else if (folded.startsWith('*.') && !rest.includes('*') && !rest.includes('?')) {
        this.#below.add(rest);
      } else this.#patterns.push(compileWildcard(folded));
    }
  }

  /** The host is written in lower case. */
  has(host: string): boolean {
    if (this.#exact.has(host)) return true;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      if (this.#below.has(host.slice(dot + 1))) return true;
    }
    return this.#patterns.some((pattern) => pattern.fits(host));
  }
}
