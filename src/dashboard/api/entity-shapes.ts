import type { Level } from '../../language/tree.ts';

/** What alerts say of an agent. Times are in ms since the epoch. */
export interface AgentFacts {
  readonly agent: string;
  readonly hosts: number;
  readonly users: number;
  readonly alerts: number;
  readonly open: number;
  readonly first: number;
  readonly last: number;
  /** Destinations whose first alert is of the seven days up to the newest alert of all. */
  readonly newDestinations: number;
  /** 0 to 100, now and on each of the last 30 days. */
  readonly risk: number;
  readonly riskByDay: readonly number[];
  readonly level: Level;
}

/** An agent, host or user with what it was seen with. */
export interface EntityFacts {
  readonly kind: 'agent' | 'host' | 'user';
  readonly name: string;
  readonly alerts: number;
  readonly risk: number;
  readonly riskByDay: readonly number[];
  /** What the risk is made of, the largest part first. */
  readonly parts: readonly RiskPart[];
  readonly agents: readonly Seen[];
  readonly hosts: readonly Seen[];
  readonly users: readonly Seen[];
  readonly destinations: readonly Seen[];
  readonly lineages: readonly Seen[];
}

export interface RiskPart {
  readonly id: string;
  readonly sentence: string;
  readonly level: Level;
  readonly last: number;
  readonly points: number;
}

/** A value with which an entity was seen. */
export interface Seen {
  readonly value: string;
  readonly alerts: number;
  readonly first: number;
  readonly last: number;
}

/** What a rule has found. */
export interface RuleHits {
  readonly ruleId: string;
  readonly rule: string;
  readonly alerts: number;
  readonly events: number;
  readonly hosts: number;
  readonly last: number;
  readonly closed: number;
  /** Closed as false or as expected work. */
  readonly noise: number;
  readonly perHostDay: number;
}
