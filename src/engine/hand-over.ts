import type { Outgoing } from './engine.ts';
import type { Entry, Turn } from './entry.ts';
import { textOfHit } from './handed-hit.ts';
import type { ConsumerPlan, StreamPlan } from './plan.ts';

/**
 * Collects the hits of correlations across hosts for the task that sees those of all hosts: that of
 * their group. Correlations across hosts that build on each other are judged by one task, whatever
 * their groups, since they must see each other's alerts in the order of time.
 */
export class HandOver {
  readonly #chains: ReadonlyMap<ConsumerPlan, string>;
  #outgoing: Outgoing[] = [];

  constructor({ consumers }: StreamPlan) {
    this.#chains = chainsOf(consumers.filter(({ isHostBound }) => !isHostBound));
  }

  take(turn: Turn, entries: readonly Entry[]): void {
    const byRoute = new Map<string, Entry[]>();
    for (const entry of entries) {
      const { plan, key } = entry;
      const route = this.#chains.get(plan) ?? JSON.stringify([plan.rule.id, key]);
      const others = byRoute.get(route);
      if (others === undefined) byRoute.set(route, [entry]);
      else others.push(entry);
    }
    for (const [route, together] of byRoute) {
      this.#outgoing.push({ route, value: textOfHit(turn, together) });
    }
  }

  takeOutgoing(): readonly Outgoing[] {
    if (this.#outgoing.length === 0) return this.#outgoing;
    const taken = this.#outgoing;
    this.#outgoing = [];
    return taken;
  }
}

// The plans of each chain, under the id of the first of them. Plans stand behind those they build on.
function chainsOf(plans: readonly ConsumerPlan[]): ReadonlyMap<ConsumerPlan, string> {
  const byRule = new Map(plans.map((plan) => [plan.rule.id, plan]));
  const chains = new Map<ConsumerPlan, string>();
  for (const plan of plans) {
    const inner = plan.sources.flatMap(({ ruleId }) => {
      const found = byRule.get(ruleId);
      return found === undefined || found === plan ? [] : [found];
    });
    const [first] = inner;
    if (first === undefined) continue;
    const name = chains.get(first) ?? first.rule.id;
    const joined = new Set(inner.flatMap((other) => chains.get(other) ?? []));
    for (const [other, chain] of chains) if (joined.has(chain)) chains.set(other, name);
    for (const member of [plan, ...inner]) chains.set(member, name);
  }
  return chains;
}
