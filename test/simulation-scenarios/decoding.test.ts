import { expect } from 'chai';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import { LineageTracker } from '../../src/enrichment/lineage.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { loadPolicy } from '../../src/runtime/policy-files.ts';
import { developerDay } from '../../src/simulation/scenarios/developer-day.ts';
import { deliver } from '../../src/simulation/telemetry.ts';
import type { Delivery } from '../../src/simulation/telemetry.ts';
import { encoders } from '../../src/simulation/encoders/index.ts';
import type { Encoder } from '../../src/simulation/encoders/encoder.ts';
import { agentAbove } from './truth.ts';

interface Told {
  readonly delivery: Delivery;
  readonly event: TelemetryEvent;
}

/** Decodes a scenario; every record must give exactly one event. */
function decodeAll(deliveries: readonly Delivery[]): readonly Told[] {
  const decoder = createAutoDecoder();
  const encoder = new TextEncoder();
  const refused: string[] = [];
  const told = deliveries.flatMap((delivery, index) => {
    const events: TelemetryEvent[] = [];
    const position = { source: 'developer-day', partition: 0, offset: index + 1 };
    const record = { payload: encoder.encode(delivery.line), position };
    const problem = decoder.decode(record, (event) => events.push(event));
    if (problem !== undefined || events.length !== 1) refused.push(delivery.line);
    return events.map((event) => ({ delivery, event }));
  });
  expect(refused).to.deep.equal([]);
  return told;
}

/** True if the event says of the action what the record said. */
function isFaithful({ delivery, event }: Told): boolean {
  const { deed, process, time } = delivery.action;
  const facts = event.process();
  const resolutionMs = process.host.system === 'linux' ? 1_000 : 5;
  return (
    event.host === process.host.name &&
    Math.abs(event.time - time) < resolutionMs &&
    facts?.executable === process.program.path &&
    (deed.kind !== 'launch' || facts.commandLine === process.commandLine) &&
    (deed.kind === 'read') === (event.activity === 'file_read')
  );
}

function chosen(names: readonly string[]): readonly Encoder[] {
  return encoders.filter(({ name }) => names.includes(name));
}

describe('decoding developer-day', () => {
  const usual = ['sysmon-winlogbeat', 'security-flat', 'osquery'];

  for (const names of [usual, ['sysmon-flat', 'security-winlogbeat']]) {
    it(`refuses no record of ${names.join(', ')} and reads host, time and process`, () => {
      const wrong = decodeAll(deliver(developerDay, chosen(names))).filter(
        (told) => !isFaithful(told),
      );
      expect(wrong.map(({ delivery }) => delivery.line)).to.deep.equal([]);
    });
  }

  it('gives a record that comes twice the id that it had', () => {
    const told = decodeAll(deliver(developerDay, chosen(['sysmon-winlogbeat', 'security-flat'])));
    const repeated = told.filter(({ delivery }) => delivery.isRepeated);
    expect(repeated.length).to.be.above(3);
    const ids = told.map(({ event }) => `${event.host} ${event.id}`);
    expect(new Set(ids).size).to.equal(ids.length - repeated.length);
  });
});

describe('lineage on developer-day', () => {
  const { policy } = loadPolicy(['rules/lists']);

  for (const names of [
    ['sysmon-winlogbeat', 'security-flat'],
    ['sysmon-flat'],
    ['security-winlogbeat'],
    ['osquery'],
  ]) {
    it(`lays every event to its agent or to none, from ${names.join(' and ')}`, () => {
      const told = decodeAll(deliver(developerDay, chosen(names)))
        .filter(({ delivery }) => !delivery.isRepeated)
        .toSorted((a, b) => a.event.time - b.event.time || compare(a.event.id, b.event.id));
      const tracker = new LineageTracker(policy);
      let ofAgents = 0;
      const wrong: string[] = [];
      for (const { delivery, event } of told) {
        if (tracker.feeds(event)) tracker.observe(event);
        tracker.enrich(event);
        const truth = agentAbove(delivery.action.process);
        const said = event.derived.get('process.ai_agent.name');
        if (truth !== undefined) ofAgents += 1;
        if (truth !== said)
          wrong.push(`${String(said)} instead of ${String(truth)}: ${delivery.line}`);
      }
      expect(ofAgents).to.be.above(300);
      expect(wrong.slice(0, 3).join('\n'), `${wrong.length} wrong`).to.equal('');
    });
  }
});

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
