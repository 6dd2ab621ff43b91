import type { Random } from '../../src/simulation/prng.ts';
import type { Verdict } from './verdict.ts';

/** What a fault's run is given. */
export interface Stage {
  /** An empty folder of its own. */
  readonly folder: string;
  readonly seed: number;
  readonly random: Random;
  /** Events of the workload: fewer in the short form. */
  readonly events: number;
  /** How often it strikes. */
  readonly strikes: number;
  readonly isShort: boolean;
}

/** What came of it: the verdict, and what else must hold, by name. */
export interface Outcome extends Verdict {
  readonly also?: Readonly<Record<string, boolean>>;
}

/** One row of the fault table. */
export interface Fault {
  /** As in the table of faults: K1, R1, ... */
  readonly id: string;
  readonly fault: string;
  /** Servers that it needs. */
  readonly needs?: readonly 'kafka'[];
  readonly run: (stage: Stage) => Promise<Outcome>;
}
