import type { Subject } from '../engine/matching/reference.ts';
import { createEnrichments } from '../enrichment/index.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { Policy } from '../policy/policy.ts';
import { EventView, firstText } from './subject-of.ts';

/** What one agent on one host sent to one place. */
export interface Flow {
  readonly host: string;
  readonly agent: string;
  /** A name, or an address where no sensor told the name. */
  readonly destination: string;
  /** What the lists say of it: `model_endpoint`, `cloud_storage`, `unknown` … */
  readonly destinationClass: string;
  readonly users: readonly string[];
  /** Classes of paths and labels of content that the agent's tree had touched shortly before. */
  readonly data: readonly string[];
  readonly connections: number;
  /** Launches whose command line names the place. */
  readonly commands: number;
  /** Bytes sent, as far as a sensor tells them; undefined where none does. */
  readonly bytes: number | undefined;
  readonly first: EventTime;
  readonly last: EventTime;
  readonly sensors: readonly string[];
}

interface Counted {
  readonly users: Set<string>;
  readonly data: Set<string>;
  readonly sensors: Set<string>;
  readonly key: readonly [host: string, agent: string, destination: string, ofClass: string];
  connections: number;
  commands: number;
  bytes: number | undefined;
  first: EventTime;
  last: EventTime;
}

/** More flows than people read are counted and not kept. */
const FLOWS_MAX = 100_000;
/** Agents on hosts whose data is remembered; the one that was silent longest makes room. */
const TREES_MAX = 50_000;

const DATA_FIELDS = ['tidegate.path.class', 'tidegate.dlp.labels', 'tidegate.dlp.name_labels'];
const BYTES_FIELDS = ['source.bytes', 'cs-bytes', 'http.request.bytes'];

/** Lays what agents' trees touched to where they sent something within a while after it. */
export class DataflowCounter {
  readonly #view: EventView;
  readonly #withinMs: number;
  readonly #flows = new Map<string, Counted>();
  readonly #touched = new Map<string, Map<string, EventTime>>();
  /** Events of flows that there was no room for. */
  dropped = 0;

  constructor(policy: Policy, withinMs: number) {
    this.#view = new EventView(createEnrichments(policy), policy);
    this.#withinMs = withinMs;
  }

  observe(event: TelemetryEvent): void {
    const subject = this.#view.next(event);
    const agent = firstText(subject.get('process.ai_agent.name'));
    if (agent === undefined) return;
    const touched = this.#remember(`${event.host}\n${agent}`, subject, event.time);
    const isLaunch = event.activity === 'process_start';
    if (!isLaunch && event.activity !== 'connection') return;
    if (firstText(subject.get('Initiated')) === 'false') return;
    const destination = firstText(subject.get('tidegate.destination.host'));
    const ofClass = firstText(subject.get('tidegate.destination.class'));
    if (destination === undefined || ofClass === undefined || ofClass === 'loopback') return;
    const flow = this.#flow([event.host, agent, destination, ofClass], event.time);
    if (flow === undefined) return;
    flow.first = Math.min(flow.first, event.time);
    flow.last = Math.max(flow.last, event.time);
    flow.sensors.add(event.sensor);
    if (isLaunch) flow.commands += 1;
    else flow.connections += 1;
    const user = firstText(subject.get('User'));
    if (user !== undefined) flow.users.add(user);
    const bytes = bytesOf(subject);
    if (bytes !== undefined) flow.bytes = (flow.bytes ?? 0) + bytes;
    for (const [name, time] of touched) {
      if (time >= event.time - this.#withinMs && time <= event.time) flow.data.add(name);
    }
  }

  /** All flows: those with data first, then by host, agent and place. */
  report(): readonly Flow[] {
    return [...this.#flows.values()]
      .map((counted): Flow => {
        const { key, users, data, sensors, ...rest } = counted;
        const [host, agent, destination, destinationClass] = key;
        return {
          ...{ host, agent, destination, destinationClass },
          ...rest,
          users: [...users].sort(),
          data: [...data].sort(),
          sensors: [...sensors].sort(),
        };
      })
      .sort((a, b) => b.data.length - a.data.length || compare(orderOf(a), orderOf(b)));
  }

  #remember(tree: string, subject: Subject, time: EventTime): ReadonlyMap<string, EventTime> {
    const touched = this.#touched.get(tree) ?? new Map<string, EventTime>();
    this.#touched.delete(tree);
    this.#touched.set(tree, touched);
    for (const name of DATA_FIELDS.flatMap((field) => textsOf(subject, field))) {
      touched.set(name, Math.max(time, touched.get(name) ?? time));
    }
    for (const [oldest] of this.#touched) {
      if (this.#touched.size <= TREES_MAX) break;
      this.#touched.delete(oldest);
    }
    return touched;
  }

  #flow(key: Counted['key'], time: EventTime): Counted | undefined {
    const name = key.join('\n');
    const found = this.#flows.get(name);
    if (found !== undefined) return found;
    if (this.#flows.size >= FLOWS_MAX) {
      this.dropped += 1;
      return undefined;
    }
    const flow: Counted = {
      key,
      users: new Set(),
      data: new Set(),
      sensors: new Set(),
      connections: 0,
      commands: 0,
      bytes: undefined,
      first: time,
      last: time,
    };
    this.#flows.set(name, flow);
    return flow;
  }
}

function bytesOf(subject: Subject): number | undefined {
  for (const field of BYTES_FIELDS) {
    const bytes = Number(firstText(subject.get(field)) ?? Number.NaN);
    if (Number.isFinite(bytes) && bytes >= 0) return bytes;
  }
  return undefined;
}

function textsOf(subject: Subject, field: string): readonly string[] {
  const value = subject.get(field);
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}

function orderOf({ host, agent, destination }: Flow): string {
  return `${host}\n${agent}\n${destination}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
