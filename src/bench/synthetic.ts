import type { RawRecord } from '../event/record.ts';
import type { Scenario } from '../simulation/scenario.ts';
import { deliver } from '../simulation/telemetry.ts';
import { heldInput, type BenchInput } from './input.ts';
import type { Lane } from './lane.ts';

/**
 * So many records of a fleet that lives through the scenario: every copy of it has hosts of its own, and their
 * records arrive interleaved, as they do on a topic.
 */
export function syntheticInput(scenario: Scenario, records: number, lane: Lane): BenchInput {
  const deliveries = deliver(scenario);
  const copies = Math.ceil(records / deliveries.length);
  const names = scenario.hosts.map((host) => host.name);
  const made: RawRecord[] = [];
  for (const { line } of deliveries) {
    for (let copy = 0; copy < copies && made.length < records; copy += 1) {
      const payload = lane.shape(Buffer.from(onHosts(line, names, copy)));
      const offset = made.length + 1;
      made.push({ payload, position: { source: scenario.name, partition: 0, offset } });
    }
  }
  // A day that is cut short may end before a theft.
  const isWhole = records === copies * deliveries.length;
  const alertsExpected = isWhole ? copies * scenario.alerts : undefined;
  return heldInput(made, { cpuSeconds: 0, seconds: 0 }, alertsExpected);
}

function onHosts(line: string, names: readonly string[], copy: number): string {
  if (copy === 0) return line;
  return names.reduce((text, name) => text.replaceAll(name, `${name}-${copy}`), line);
}
