import type { Random } from '../../src/simulation/prng.ts';
import type { Servers } from './servers.ts';
import type { Found, Verdict } from './verdict.ts';

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
  readonly servers: Servers;
  /** Ids and counts of what an uninterrupted run finds in the launches of this seed. */
  readonly baseline: () => Promise<Found>;
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
  /** It takes long, so the short form has it only when it is named. */
  readonly isLong?: boolean;
  /** It does something to a server that others share, so nothing else runs beside it. */
  readonly isAlone?: boolean;
  readonly run: (stage: Stage) => Promise<Outcome>;
}
