import { join } from 'node:path';

import type { InputReading, PipelineReading } from '../dashboard/api/pipeline-shapes.ts';
import { LoadedRules } from '../dashboard/loaded-rules.ts';
import type { Pipeline } from '../dashboard/pipeline.ts';
import type { Config } from '../runtime/config/config.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { RulesInForce } from '../runtime/rules-in-force.ts';
import { samplesOf, type Sample } from './exposition.ts';

const LOOK_EVERY_MS = 2_000;
const LOOK_PATIENCE_MS = 1_500;

/**
 * What the page learns from a service, whichever process it runs in and however many workers it has:
 * from its own status address, as Prometheus does.
 */
export class ServicePipeline implements Pipeline, Disposable {
  readonly #config: ServiceParts;
  readonly #timer: NodeJS.Timeout;
  #rules: { readonly inForce: RulesInForce; shown: LoadedRules } | undefined;
  #text = '';
  #reading: PipelineReading;

  constructor(config: ServiceParts) {
    this.#config = config;
    this.#reading = silent(config, 'starting');
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
    void this.#look();
  }

  rules(): ReturnType<Pipeline['rules']> {
    return this.#loaded().all();
  }

  ruleText(id: string): string | undefined {
    return this.#loaded().text(id);
  }

  reading(): PipelineReading {
    return this.#reading;
  }

  async metrics(): Promise<string> {
    return this.#text === '' ? '# no detector answers at its status address\n' : this.#text;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  // Read when somebody first asks, and again when the files have changed.
  #loaded(): LoadedRules {
    if (this.#rules === undefined) {
      const { rules, lists, pipelines, limits } = this.#config;
      const inForce = new RulesInForce({
        rules: rules.length > 0 ? rules : [BUNDLED_RULES],
        lists: [join(BUNDLED_RULES, 'lists'), ...lists],
        pipelines,
        limits,
      });
      this.#rules = { inForce, shown: new LoadedRules(inForce.sample) };
    } else if (this.#rules.inForce.hasChanged() && this.#rules.inForce.reload().kind === 'taken') {
      this.#rules.shown = new LoadedRules(this.#rules.inForce.sample);
    }
    return this.#rules.shown;
  }

  async #look(): Promise<void> {
    const { listen } = this.#config;
    if (listen === undefined) {
      this.#reading = silent(this.#config, undefined);
      return;
    }
    const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
    const address = `http://${host}:${String(listen.port)}`;
    try {
      const signal = AbortSignal.timeout(LOOK_PATIENCE_MS);
      const [metrics, ready] = await Promise.all([
        fetch(`${address}/metrics`, { signal }),
        fetch(`${address}/readyz`, { signal }),
      ]);
      this.#text = await metrics.text();
      const words = (await ready.text()).split('\n').filter((line) => line !== '');
      this.#reading = readingOf(this.#config, samplesOf(this.#text), ready.ok ? [] : words);
    } catch {
      this.#text = '';
      this.#reading = silent(this.#config, `no detector answers at ${address}`);
    }
  }
}

/** The parts of a configuration that say what a service works with. */
export type ServiceParts = Pick<
  Config,
  'rules' | 'lists' | 'pipelines' | 'limits' | 'listen' | 'primary' | 'secondary'
>;

function silent(config: ServiceParts, why: string | undefined): PipelineReading {
  return { ...readingOf(config, [], why === undefined ? [] : [why]), mode: 'none' };
}

function readingOf(
  { limits, primary, secondary }: ServiceParts,
  samples: readonly Sample[],
  notReady: readonly string[],
): PipelineReading {
  const named = (name: string): readonly Sample[] => samples.filter((each) => each.name === name);
  const sum = (name: string): number => named(name).reduce((total, { value }) => total + value, 0);
  const newest = Math.max(0, ...named('tidegate_newest_event_time_seconds').map((s) => s.value));
  const started = named('process_start_time_seconds')[0]?.value ?? 0;
  const tasks = Math.max(1, named('tidegate_hosts').length);
  const held = [
    { name: 'Hosts', used: sum('tidegate_hosts'), limit: limits.hostsMax * tasks },
    {
      name: 'Group keys, over all rules',
      used: sum('tidegate_group_keys'),
      limit: limits.keysMax * tasks,
    },
    {
      name: 'Events waiting for order',
      used: sum('tidegate_waiting_events'),
      limit: limits.waitingMax * tasks,
    },
  ];
  return {
    mode: 'run',
    startedAt: started * 1000,
    events: sum('tidegate_events_total'),
    newestEvent: newest === 0 ? null : newest * 1000,
    late: sum('tidegate_late_events'),
    duplicates: sum('tidegate_duplicate_events'),
    hosts: sum('tidegate_hosts'),
    refused: named('tidegate_refused_records_total').map(({ labels, value }) => ({
      reason: labels.get('reason') ?? 'unknown',
      count: value,
    })),
    fullest: Math.max(...held.map(({ used, limit }) => (limit === 0 ? 0 : used / limit))),
    state: held,
    inputs: inputsOf(samples),
    parts: [primary, ...secondary].map((part, place) => ({
      name: 'name' in part ? String(part.name) : 'primary',
      kind: part.kind,
      trouble: troubleOf('name' in part ? String(part.name) : 'primary', notReady, place === 0),
    })),
    findings: named('tidegate_health_findings').map(({ labels, value }) => ({
      kind: labels.get('kind') ?? '',
      host: null,
      rule: null,
      count: value,
      since: started * 1000,
    })),
    notReady,
  };
}

// `/readyz` says `NAME: MESSAGE`; what a task can not write, the primary does not take.
function troubleOf(name: string, notReady: readonly string[], isPrimary: boolean): string | null {
  const own = notReady.find((line) => line.startsWith(`${name}: `));
  const task = isPrimary ? notReady.find((line) => /^[^ ]+\/\d+: /.test(line)) : undefined;
  return own ?? task ?? null;
}

function inputsOf(samples: readonly Sample[]): readonly InputReading[] {
  const inputs = new Map<string, Map<string, number>>();
  for (const { name, labels, value } of samples) {
    if (!name.startsWith('tidegate_input_')) continue;
    const key = `${labels.get('partition') ?? '0'} ${labels.get('input') ?? ''}`;
    const known = inputs.get(key) ?? new Map<string, number>();
    known.set(name.slice('tidegate_input_'.length), value);
    inputs.set(key, known);
  }
  return [...inputs].map(([key, values]) => {
    const cut = key.indexOf(' ');
    return {
      name: key.slice(cut + 1),
      partition: Number(key.slice(0, cut)),
      position: values.get('position') ?? 0,
      end: values.get('end') ?? null,
      lag: values.get('lag_records') ?? null,
      perSecond: values.get('records_per_second') ?? 0,
      isPaused: values.get('paused') === 1,
    };
  });
}
