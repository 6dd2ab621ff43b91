import type { EventTime } from '../event/record.ts';
import type { Action, Host } from './action.ts';
import { nameProcesses } from './host.ts';
import type { ProcessTable } from './host.ts';
import { createRandom } from './prng.ts';
import type { Scenario } from './scenario.ts';
import type { Play } from './story/play.ts';
import type { Observation, Encoder } from './encoders/encoder.ts';

/** One record on its way, and what it tells of. */
export interface Delivery {
  readonly arrival: EventTime;
  readonly line: string;
  readonly action: Action;
  /** It came before. */
  readonly isRepeated: boolean;
}

/** A record that is sent again comes after so long. */
const redeliveryMs = 1_500;

/** The raw telemetry of a scenario, one record a line, as `deliver` orders it. */
export function telemetry(scenario: Scenario, encoders?: readonly Encoder[]): readonly string[] {
  return deliver(scenario, encoders).map((delivery) => delivery.line);
}

/**
 * A scenario's records in order of arrival. Each sensor keeps its own order but not that of its neighbours, and
 * repeats a few records. Other encoders than the scenario's own can be named.
 */
export function deliver(scenario: Scenario, encoders?: readonly Encoder[]): readonly Delivery[] {
  const actions = scenario.play();
  const processes = nameProcesses(actions);
  const deliveries: Delivery[] = [];
  for (const host of scenario.hosts) {
    const chosen = encoders ?? scenario.encoders(host);
    for (const encoder of chosen.filter(({ systems }) => systems.includes(host.system))) {
      ship(host, encoder, actions, processes, deliveries);
    }
  }
  // Stable, so that records that arrive at the same moment keep the order of their sensors.
  return deliveries.sort((a, b) => a.arrival - b.arrival);
}

/** What one sensor writes of a story that was played, in order of arrival. */
export function deliverPlay({ actions, host }: Play, encoder: Encoder): readonly Delivery[] {
  const deliveries: Delivery[] = [];
  ship(host, encoder, actions, nameProcesses(actions), deliveries);
  return deliveries.sort((a, b) => a.arrival - b.arrival);
}

function ship(
  host: Host,
  encoder: Encoder,
  actions: readonly Action[],
  processes: ProcessTable,
  deliveries: Delivery[],
): void {
  const { delayMsMax, everyMs, redelivered } = encoder.shipping;
  const random = createRandom(`shipping/${host.name}/${encoder.name}`);
  const observed: { readonly action: Action; readonly observation: Observation }[] = [];
  for (const action of actions) {
    if (action.process.host !== host) continue;
    for (const observation of encoder.observe(action, processes)) {
      observed.push({ action, observation });
    }
  }
  observed.sort((a, b) => a.observation.logged - b.observation.logged);
  const [first] = observed;
  if (first !== undefined) {
    const { time: arrival } = first.action;
    for (const line of encoder.opening?.(host, arrival) ?? []) {
      deliveries.push({ arrival, line, action: first.action, isRepeated: false });
    }
  }
  let number = encoder.firstNumber;
  let batch = 0;
  let arrival = 0;
  for (const { action, observation } of observed) {
    const sent = Math.ceil(observation.logged / everyMs) * everyMs;
    if (sent !== batch) {
      batch = sent;
      arrival = Math.max(arrival, sent + random.integer(0, delayMsMax));
    }
    const lines = observation.record(number, arrival).split('\n');
    for (const line of lines) deliveries.push({ arrival, line, action, isRepeated: false });
    if (random.chance(redelivered)) {
      const again = arrival + redeliveryMs;
      for (const line of lines) deliveries.push({ arrival: again, line, action, isRepeated: true });
    }
    number += 1;
  }
}
