import { isAtLeast } from '../../alert/level.ts';
import { assert } from '../../base/assert.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import { sensors } from '../../decoders/index.ts';
import type { Sensor } from '../../decoders/senses.ts';
import type { Engine } from '../../engine/engine.ts';
import { encoders } from '../../simulation/encoders/index.ts';
import type { Encoder } from '../../simulation/encoders/encoder.ts';
import type { Story } from '../../simulation/story/story.ts';
import { prepareTrials, runTrials } from './trial.ts';
import type { TrialOptions } from './trial.ts';
import { judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** An attack, as one sensor shows it. */
export interface MatrixCell {
  readonly scenario: string;
  readonly sensor: string;
  /** The sensor says that it can tell of it, on some system at least. */
  readonly visible: boolean;
  /** On every system where it is visible, every alert that must come came in time. */
  readonly found: boolean;
  /** The longest time from the first deed to an alert; null where none came. */
  readonly delayMs: number | null;
}

/** An honest day, as one sensor shows it. */
export interface HonestCell {
  readonly scenario: string;
  readonly sensor: string;
  /** Alerts of level medium and above. */
  readonly alertsMedium: number;
  /** Alerts of level low. */
  readonly alertsLow: number;
}

export interface Matrix {
  readonly cells: readonly MatrixCell[];
  readonly honest: readonly HonestCell[];
  /** What is not as it must be, as `scenario, sensor, system: what`. */
  readonly failures: readonly string[];
}

export interface MatrixOptions extends TrialOptions {
  readonly decoder: () => Decoder;
  /** A fresh engine with the rules that are tried; one for each sensor. */
  readonly engine: () => Engine;
  /** Told how many sensors are done, of how many. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** The usual encoder of each sensor. */
export function usualEncoders(): readonly Encoder[] {
  return encoders.filter(
    (encoder, index) => encoders.findIndex(({ sensor }) => sensor === encoder.sensor) === index,
  );
}

/** The declaration of what the encoder's sensor can see. */
export function sensorOf({ sensor: name }: Encoder): Sensor {
  const sensor = sensors.find((each) => each.name === name);
  assert(sensor !== undefined, `no decoder has a sensor ${name}`);
  return sensor;
}

/** Plays stories for one sensor, all in one engine as a real one would see them. */
export function tryStories(
  stories: readonly Story[],
  encoder: Encoder,
  options: MatrixOptions,
): readonly Verdict[] {
  const trials = stories.flatMap((story) => prepareTrials(story, encoder, options));
  const { decoder, engine } = options;
  const runs = runTrials(trials, { decoder: decoder(), engine: engine() });
  return runs.map((run) => judge(run, sensorOf(encoder)));
}

/** Every story through the eyes of every sensor. */
export function buildMatrix(stories: readonly Story[], options: MatrixOptions): Matrix {
  const cells: MatrixCell[] = [];
  const honest: HonestCell[] = [];
  const failures: string[] = [];
  const shown = usualEncoders();
  for (const [index, encoder] of shown.entries()) {
    options.onProgress?.(index, shown.length);
    const verdicts = tryStories(stories, encoder, options);
    const byStory = Map.groupBy(verdicts, ({ run }) => run.trial.play.story);
    for (const story of stories) {
      const of = byStory.get(story) ?? [];
      if (story.kind === 'honest' && of.length > 0) honest.push(honestCell(story, encoder, of));
      if (story.must.length > 0) cells.push(matrixCell(story, encoder, of));
      failures.push(...of.flatMap(failuresOf));
    }
  }
  return { cells, honest, failures };
}

function matrixCell(story: Story, encoder: Encoder, verdicts: readonly Verdict[]): MatrixCell {
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  const visible = findings.filter(({ isVisible }) => isVisible);
  const delays = (visible.length > 0 ? visible : findings).flatMap(({ delayMs }) => delayMs ?? []);
  return {
    scenario: story.name,
    sensor: encoder.sensor,
    visible: visible.length > 0,
    found:
      visible.length > 0
        ? visible.every(({ isFound }) => isFound)
        : findings.some(({ isFound }) => isFound),
    delayMs: delays.length === 0 ? null : Math.max(...delays),
  };
}

function honestCell(story: Story, encoder: Encoder, verdicts: readonly Verdict[]): HonestCell {
  const alerts = verdicts.flatMap(({ run }) => run.alerts);
  return {
    scenario: story.name,
    sensor: encoder.sensor,
    alertsMedium: alerts.filter(({ level }) => isAtLeast(level, 'medium')).length,
    alertsLow: alerts.filter(({ level }) => level === 'low').length,
  };
}

function failuresOf({ run, failures }: Verdict): readonly string[] {
  const { play, encoder } = run.trial;
  const where = `${play.story.name}, ${encoder.name}, ${play.host.system}`;
  return failures.map((failure) => `${where}: ${failure}`);
}
