import { assert } from '../base/assert.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { deviceName } from './device-name.ts';
import type { Tracker, TrackerStatistics } from './enrichment.ts';
import { ownText } from './own-text.ts';

/** How long and for how many devices a person's consent is remembered. */
export interface ConfirmationLimits {
  /** Over all devices; one entry for each agent on a device. */
  readonly entriesMax: number;
  readonly keepMs: number;
}

/** Rules ask for minutes. */
export const CONFIRMATION_LIMITS: ConfirmationLimits = { entriesMax: 100_000, keepMs: 3_600_000 };

interface Confirmation {
  readonly device: string;
  /** As the agent calls itself in its telemetry, with underscores. */
  readonly agent: string;
  readonly tool: string | undefined;
  readonly time: EventTime;
}

interface StoredState {
  readonly version: number;
  readonly evicted: number;
  readonly confirmations: readonly Confirmation[];
}

const SNAPSHOT_VERSION = 1;
const TEXT_LENGTH_MAX = 255;
const AGREED: ReadonlySet<string> = new Set([
  ...['accept', 'approved', 'approved_for_session', 'approvedforsession', 'modify'],
]);

/**
 * When a person last agreed to what an agent asked for: a decision in the agent's own telemetry that a person took
 * (`user_temporary`, `user_permanent`, not `config` or `hook`), or an approval that a token broker noted. What it
 * misses: agents without telemetry, and devices whose agents do not say which host they run on.
 */
export class ConfirmationTracker implements Tracker {
  readonly name: string = 'confirmations';
  readonly fields: readonly string[] = [
    'tidegate.confirmation.age_seconds',
    'tidegate.confirmation.tool',
  ];
  readonly #limits: ConfirmationLimits;
  // The latest stands last, so that the first are the first to expire.
  readonly #latest: Map<string, Confirmation> = new Map();
  readonly #agentsOf: Map<string, Set<string>> = new Map();
  #peak = 0;
  #evicted = 0;

  constructor(limits: ConfirmationLimits = CONFIRMATION_LIMITS) {
    this.#limits = limits;
  }

  feeds(event: TelemetryEvent): boolean {
    const { product } = event.logsource;
    return product === 'ai_agent' || product === 'tidegate';
  }

  observe(event: TelemetryEvent): void {
    const agent = confirmedAgent(event);
    if (agent === undefined) return;
    const tool = textAt(event, 'tool_name') ?? textAt(event, 'function_name');
    this.#add({
      device: ownText(deviceName(event.host), TEXT_LENGTH_MAX),
      agent: ownText(agent, TEXT_LENGTH_MAX),
      tool: tool === undefined ? undefined : ownText(tool, TEXT_LENGTH_MAX),
      time: event.time,
    });
    this.#forget(event.time);
  }

  enrich(event: TelemetryEvent): boolean {
    if (this.#latest.size === 0) return false;
    const agent = event.derived.get('process.ai_agent.name');
    if (typeof agent !== 'string') return false;
    const found = this.#find(deviceName(event.host), agent);
    if (found === undefined || found.time > event.time) return false;
    const age = event.time - found.time;
    if (age > this.#limits.keepMs) return false;
    event.derived.set('tidegate.confirmation.age_seconds', age / 1000);
    if (found.tool !== undefined) event.derived.set('tidegate.confirmation.tool', found.tool);
    return true;
  }

  snapshot(): unknown {
    const stored: StoredState = {
      version: SNAPSHOT_VERSION,
      evicted: this.#evicted,
      confirmations: [...this.#latest.values()],
    };
    return stored;
  }

  restore(state: unknown): void {
    const stored = state as StoredState;
    assert(stored.version === SNAPSHOT_VERSION, 'the store hands out snapshots of this version');
    this.#latest.clear();
    this.#agentsOf.clear();
    for (const confirmation of stored.confirmations) this.#add({ ...confirmation });
    this.#evicted = stored.evicted;
  }

  statistics(): TrackerStatistics {
    const fullest = this.#peak / this.#limits.entriesMax;
    return { entries: this.#latest.size, evicted: this.#evicted, fullest };
  }

  // `codex_cli_rs` and `codex_exec` are both codex.
  #find(device: string, agent: string): Confirmation | undefined {
    let found: Confirmation | undefined;
    for (const name of this.#agentsOf.get(device) ?? []) {
      if (!name.startsWith(agent)) continue;
      const each = this.#latest.get(`${device}/${name}`);
      if (each !== undefined && each.time > (found?.time ?? Number.NEGATIVE_INFINITY)) found = each;
    }
    return found;
  }

  #add(confirmation: Confirmation): void {
    const { device, agent } = confirmation;
    const key = `${device}/${agent}`;
    this.#latest.delete(key);
    this.#latest.set(key, confirmation);
    const agents = this.#agentsOf.get(device) ?? new Set<string>();
    agents.add(agent);
    this.#agentsOf.set(device, agents);
    this.#peak = Math.max(this.#peak, this.#latest.size);
  }

  #forget(now: EventTime): void {
    for (const [key, { device, agent, time }] of this.#latest) {
      const isOver = time + this.#limits.keepMs < now;
      const isTooMany = this.#latest.size > this.#limits.entriesMax;
      if (!isOver && !isTooMany) return;
      this.#latest.delete(key);
      const agents = this.#agentsOf.get(device);
      agents?.delete(agent);
      if (agents?.size === 0) this.#agentsOf.delete(device);
      if (!isOver) this.#evicted += 1;
    }
  }
}

/** The agent whose wish a person agreed to, by this event. */
function confirmedAgent(event: TelemetryEvent): string | undefined {
  if (event.logsource.product === 'tidegate') {
    const by = textAt(event, 'confirmation.by');
    return by === undefined ? undefined : (textAt(event, 'process.ai_agent.name') ?? undefined);
  }
  const decision = textAt(event, 'decision')?.toLowerCase();
  if (decision === undefined || !AGREED.has(decision)) return undefined;
  const source = textAt(event, 'source')?.toLowerCase();
  const service = textAt(event, 'service.name')?.toLowerCase().replaceAll('-', '_');
  // Gemini names no source: what is accepted by a rule is called `auto_accept`.
  const isOfPerson = source === undefined ? service === 'gemini_cli' : source.startsWith('user');
  return isOfPerson ? service : undefined;
}

function textAt(event: TelemetryEvent, field: string): string | undefined {
  const value = event.get(field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
