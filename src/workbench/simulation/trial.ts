import { assert } from '../../base/assert.ts';
import { Assembly } from '../../decoders/assembly.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { Engine, Detection } from '../../engine/engine.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import type { EventTime } from '../../event/record.ts';
import type { Level } from '../../language/tree.ts';
import type { System } from '../../simulation/action.ts';
import type { Encoder } from '../../simulation/encoders/encoder.ts';
import { createRandom } from '../../simulation/prng.ts';
import { play } from '../../simulation/story/play.ts';
import type { Play } from '../../simulation/story/play.ts';
import type { Story } from '../../simulation/story/story.ts';
import { deliverPlay } from '../../simulation/telemetry.ts';
import type { Delivery } from '../../simulation/telemetry.ts';

/** Hosts of simulations have names that begin so, by which a SOC knows them. */
export const SIMULATION_MARK = 'tidegate-sim';

/** When stories begin unless told otherwise: the Tuesday of the bundled day. */
export const SIMULATED_TIME: EventTime = Date.UTC(2026, 2, 3, 10);

/** A story on one system, through the eyes of one sensor. */
export interface Trial {
  readonly play: Play;
  readonly encoder: Encoder;
  /** Its telemetry, in order of arrival. */
  readonly deliveries: readonly Delivery[];
}

export interface TrialOptions {
  readonly seed: string;
  readonly time?: EventTime;
  /** Before the names of hosts. */
  readonly mark?: string;
}

/** Writes a story for a sensor: a trial for each system that has both. */
export function prepareTrials(
  story: Story,
  encoder: Encoder,
  { seed, time = SIMULATED_TIME, mark = SIMULATION_MARK }: TrialOptions,
): readonly Trial[] {
  const shared = story.systems.filter((system) => encoder.systems.includes(system));
  return shared.map((system) => {
    const host = `${mark}-${story.name}-${system}`;
    const played = play(story, { system, seed, host, address: addressOf(story, system), time });
    return { play: played, encoder, deliveries: deliverPlay(played, encoder) };
  });
}

// Each host has its own, since network sensors know hosts by nothing else.
function addressOf(story: Story, system: System): string {
  const random = createRandom(`address/${story.name}/${system}`);
  return `10.99.${String(random.integer(0, 255))}.${String(random.integer(1, 254))}`;
}

/** An alert that a trial raised. */
export interface FoundAlert {
  readonly rule: string;
  readonly level: Level;
  /** Event time of the event that made the condition true. */
  readonly time: EventTime;
}

/** What became of a trial's telemetry. */
export interface TrialRun {
  readonly trial: Trial;
  readonly alerts: readonly FoundAlert[];
  readonly refused: readonly DecodeProblem[];
}

/** What the host of a trial may be called in its events. */
export function hostNames({ encoder, play: { host } }: Trial): ReadonlySet<string> {
  return new Set([host.name, host.address, encoder.hostName?.(host) ?? host.name]);
}

/**
 * Runs trials through decoder and engine. Their hosts differ, so they do not touch each other; all are over when
 * the watermark has passed them.
 */
export function runTrials(
  trials: readonly Trial[],
  { engine, decoder }: { readonly engine: Engine; readonly decoder: Decoder },
): readonly TrialRun[] {
  const runs = new Map<string, { alerts: FoundAlert[]; refused: DecodeProblem[] }>();
  for (const trial of trials) {
    const run = { alerts: [], refused: [] };
    for (const name of hostNames(trial)) {
      assert(!runs.has(name), `two trials on ${name}`);
      runs.set(name, run);
    }
  }
  // A machine beside the story's own (a token's second device) has its name in front.
  const runOf = (host: string): { readonly alerts: FoundAlert[] } | undefined =>
    runs.get(host) ?? runs.get(host.replace(/-beside-.*$/, ''));
  const emit = (detection: Detection): void => {
    if (detection.phase !== 'opened') return;
    const { rule, host, lastTime: time } = detection;
    runOf(host)?.alerts.push({ rule: rule.name ?? rule.id, level: rule.level, time });
  };
  for (const trial of trials) {
    const { refused } = runs.get(trial.play.host.name) ?? { refused: [] };
    engine.observe(decodeTrial(trial, decoder, refused), emit);
  }
  engine.advance(Number.POSITIVE_INFINITY, emit);
  return trials.map((trial) => {
    const run = runs.get(trial.play.host.name);
    return { trial, alerts: run?.alerts ?? [], refused: run?.refused ?? [] };
  });
}

const utf8 = new TextEncoder();

/** The events of a trial, in order of arrival. */
export function decodeTrial(
  { deliveries, encoder, play: { host } }: Trial,
  decoder: Decoder,
  refused: DecodeProblem[],
): readonly TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  const assembly = new Assembly();
  const emit = (event: TelemetryEvent): void => void events.push(event);
  for (const [index, { line }] of deliveries.entries()) {
    const source = `${encoder.name}/${host.name}`;
    const position = { source, partition: 0, offset: index + 1 };
    const problem = decoder.decode({ payload: utf8.encode(line), position }, emit, assembly);
    if (problem !== undefined) refused.push(problem);
  }
  for (const record of assembly.close()) {
    const problem = decoder.decode(record, emit);
    if (problem !== undefined) refused.push(problem);
  }
  return events;
}
