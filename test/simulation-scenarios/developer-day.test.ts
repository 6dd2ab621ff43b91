import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Action, Process } from '../../src/simulation/action.ts';
import { nameProcesses } from '../../src/simulation/host.ts';
import { scenarios } from '../../src/simulation/index.ts';
import type { Label } from '../../src/simulation/scenario.ts';
import { developerDay } from '../../src/simulation/scenarios/developer-day.ts';
import { telemetry } from '../../src/simulation/telemetry.ts';
import { encoders } from '../../src/simulation/encoders/index.ts';
import { sensorOf } from '../../src/workbench/simulation/matrix.ts';
import { labelText, scenarioFile } from './files.ts';
import { agentAbove, depthBelowAgent } from './truth.ts';

const file = scenarioFile('developer-day', 'ndjson.gz');

/** What the three sensors of the day write, as far as it is looked at here. */
interface RawLine {
  readonly winlog?: {
    readonly channel: string;
    readonly computer_name: string;
    readonly event_data: { readonly UtcTime: string };
    readonly event_id: string;
    readonly record_id: number;
  };
  readonly Channel?: string;
  readonly EventID?: number;
  readonly EventTime?: string;
  readonly Hostname?: string;
  readonly RecordNumber?: number;
  readonly columns?: { readonly time: string };
  readonly hostIdentifier?: string;
  readonly name?: string;
}

interface WindowsLine {
  readonly channel: string;
  readonly number: number;
  readonly host: string;
}

describe('the scenario developer-day', () => {
  const actions = developerDay.play();
  const lines = telemetry(developerDay);

  it('is what stands in the committed file, byte for byte', () => {
    const made = createHash('sha256')
      .update(`${lines.join('\n')}\n`)
      .digest('hex');
    const committed = createHash('sha256')
      .update(gunzipSync(readFileSync(file)))
      .digest('hex');
    expect(committed, 'run node test/simulation-scenarios/write.ts').to.equal(made);
  });

  it('has labels that are the committed ones', () => {
    const committed = readFileSync(scenarioFile('developer-day', 'labels.json'), 'utf8');
    expect(committed).to.equal(labelText(developerDay));
  });

  it('is a working day, small enough to ship', () => {
    expect(lines.length).to.be.within(12_000, 25_000);
    expect(statSync(file).size).to.be.at.most(1_500_000);
    const times = actions.map((action) => action.time);
    expect(new Date(Math.min(...times)).toISOString()).to.match(/^2026-03-03T09:00:0/);
    expect(new Date(Math.max(...times)).toISOString()).to.match(/^2026-03-03T17:2\d/);
  });

  it('has every kind of record that its sensors make', () => {
    const counts = Map.groupBy(lines, kindOf);
    const least: Readonly<Record<string, number>> = {
      'sysmon 1': 1_000,
      'sysmon 3': 1_000,
      'sysmon 5': 1_000,
      'sysmon 7': 100,
      'sysmon 10': 50,
      'sysmon 11': 300,
      'sysmon 13': 300,
      'sysmon 22': 500,
      'sysmon 23': 10,
      'sysmon 24': 50,
      'security 4663': 2_000,
      'security 4688': 1_000,
      'security 4689': 1_000,
      'osquery process_events': 300,
      'osquery process_file_events': 800,
      'osquery socket_events': 80,
    };
    expect([...counts.keys()].toSorted()).to.deep.equal(Object.keys(least).toSorted());
    for (const [kind, count] of Object.entries(least)) {
      expect(counts.get(kind)?.length, kind).to.be.at.least(count);
    }
  });

  it('numbers the records of a log in the order in which they arrive, and repeats a few', () => {
    const last = new Map<string, number>();
    const seen = new Set<string>();
    const gaps: string[] = [];
    let repeated = 0;
    for (const line of lines) {
      const found = windowsLine(line);
      if (found === undefined) continue;
      const name = `${found.host} ${found.channel}`;
      if (seen.has(line)) {
        repeated += 1;
        continue;
      }
      seen.add(line);
      const before = last.get(name);
      if (before !== undefined && found.number !== before + 1) gaps.push(line);
      last.set(name, found.number);
    }
    expect(gaps).to.deep.equal([]);
    expect(repeated).to.be.within(4, 40);
  });

  it('arrives out of order, but within three seconds', () => {
    const newest = new Map<string, number>();
    let late = 0;
    let behindMax = 0;
    const seen = new Set<string>();
    for (const line of lines) {
      if (seen.has(line)) continue;
      seen.add(line);
      const { host, time } = eventTime(line);
      const before = newest.get(host) ?? 0;
      if (time < before) late += 1;
      behindMax = Math.max(behindMax, before - time);
      newest.set(host, Math.max(before, time));
    }
    expect(late).to.be.above(2_000);
    expect(behindMax).to.be.within(1_500, 3_000);
  });

  it('gives pids of ended processes to others, so that a bare pid misleads', () => {
    const processes = nameProcesses(actions);
    const owners = new Map<number, Process[]>();
    for (const { deed, process } of actions) {
      if (deed.kind !== 'launch' || process.host.name !== 'LAP-7') continue;
      const { pid } = processes.identity(process);
      owners.set(pid, [...(owners.get(pid) ?? []), process]);
    }
    const mixed = [...owners.values()].filter(
      (all) => all.some(isOfAgent) && all.some((process) => !isOfAgent(process)),
    );
    expect(mixed.length).to.be.above(50);
    const guids = [...owners.values()].flat().map((process) => processes.identity(process).guid);
    expect(new Set(guids).size).to.equal(guids.length);
  });

  it('is one of the bundled scenarios', () => {
    expect(scenarios).to.include(developerDay);
  });

  it('can be written for any sensor of its systems', () => {
    // Of agents' tools, tokens and requests the day tells nothing.
    const ofMachines = encoders.filter(
      (each) => sensorOf(each).senses.process_start.level !== 'blind',
    );
    for (const encoder of ofMachines) {
      const isThere = developerDay.hosts.some(({ system }) => encoder.systems.includes(system));
      if (!isThere) continue;
      expect(telemetry(developerDay, [encoder]).length, encoder.name).to.be.above(100);
    }
  });
});

describe('the labels of developer-day', () => {
  const actions = developerDay.play();

  it('name the bulk read: 143 sheets in under a minute, deep below the agent', () => {
    const reads = during('bulk-read').filter(({ deed }) => deed.kind === 'read');
    const payroll = reads.filter(({ deed }) => 'path' in deed && deed.path.includes('\\Payroll\\'));
    const paths = new Set(payroll.map(({ deed }) => ('path' in deed ? deed.path : '')));
    expect(paths.size).to.equal(143);
    const times = payroll.map((action) => action.time);
    expect(Math.max(...times) - Math.min(...times)).to.be.below(55_000);
    const [reader] = new Set(payroll.map((action) => action.process));
    expect(reader && depthBelowAgent(reader)).to.be.at.least(3);
  });

  it('name the egress: 24 pieces of base64 to a place set aside for documents', () => {
    const sent = during('base64-egress').flatMap(({ deed, process }) =>
      deed.kind === 'connect' && deed.address === '203.0.113.66' ? [process] : [],
    );
    expect(sent.length).to.equal(24);
    for (const process of sent) {
      expect(isOfAgent(process)).to.equal(true);
      const encoded = /(?:--data-raw |-Body ')([A-Za-z0-9+/]+=*)/.exec(process.commandLine)?.[1];
      expect(encoded?.length).to.be.within(2_000, 4_100);
      expect(Buffer.from(encoded ?? '', 'base64').toString()).to.match(/^employee;team;grade/);
    }
  });

  it('name the reach for secrets: twelve in two minutes', () => {
    const reached = during('privileged-paths').filter(
      ({ deed, process }) =>
        (deed.kind === 'read' && !deed.path.includes('\\harbour-api\\')) ||
        (deed.kind === 'launch' && process.commandLine.startsWith('reg save')),
    );
    expect(reached.length).to.equal(12);
  });

  it('leave honest reading by the agents below any alarm', () => {
    const honest = actions.filter(
      ({ deed, process, time }) =>
        deed.kind === 'read' &&
        isOfAgent(process) &&
        deed.path.includes('\\Payroll\\') &&
        !developerDay.labels.some((label) => label.from <= time && time <= label.to),
    );
    expect(honest.length).to.equal(5);
  });

  function during(name: string): readonly Action[] {
    const label: Label | undefined = developerDay.labels.find((each) => each.name === name);
    return actions.filter(
      ({ process, time }) =>
        label !== undefined &&
        process.host.name === label.host &&
        label.from <= time &&
        time <= label.to &&
        isOfAgent(process),
    );
  }
});

function isOfAgent(process: Process): boolean {
  return agentAbove(process) !== undefined;
}

function parse(line: string): RawLine {
  return JSON.parse(line) as RawLine;
}

function kindOf(line: string): string {
  const { EventID, name, winlog } = parse(line);
  if (winlog !== undefined) return `sysmon ${winlog.event_id}`;
  if (EventID !== undefined) return `security ${EventID}`;
  return `osquery ${String(name).replace('pack_tidegate_', '')}`;
}

function windowsLine(line: string): WindowsLine | undefined {
  const { Channel, Hostname, RecordNumber, winlog } = parse(line);
  if (winlog !== undefined) {
    return { channel: winlog.channel, number: winlog.record_id, host: winlog.computer_name };
  }
  if (Channel === undefined || Hostname === undefined) return undefined;
  return { channel: Channel, number: RecordNumber ?? 0, host: Hostname };
}

function eventTime(line: string): { readonly host: string; readonly time: number } {
  const { EventTime, Hostname, columns, hostIdentifier, winlog } = parse(line);
  if (winlog !== undefined) {
    const utc = winlog.event_data.UtcTime.replace(' ', 'T');
    return { host: winlog.computer_name, time: Date.parse(`${utc}Z`) };
  }
  if (EventTime !== undefined) return { host: Hostname ?? '', time: Date.parse(EventTime) };
  return { host: hostIdentifier ?? '', time: Number(columns?.time) * 1000 };
}
