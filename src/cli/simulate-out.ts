import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

import { Failure } from '../base/failure.ts';
import type { Encoder } from '../simulation/encoders/encoder.ts';
import type { Story } from '../simulation/story/story.ts';
import { prepareTrials } from '../workbench/simulation/trial.ts';

/** Writes what the sensor tells of these stories into a file, in order of arrival; `-` is standard output. */
export async function writeTelemetry(
  stories: readonly Story[],
  encoder: Encoder,
  { out, seed }: { readonly out: string; readonly seed: string },
): Promise<void> {
  const trials = stories.flatMap((story) => prepareTrials(story, encoder, { seed }));
  const lines = trials
    .flatMap(({ deliveries }) => deliveries)
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({ line }) => `${line}\n`);
  const stream = createWriteStream(out);
  try {
    for (const line of lines) stream.write(line);
    stream.end();
    await finished(stream);
  } catch (cause) {
    const message = `${out}: can not be written`;
    throw new Failure('store_unwritable', { message, retryable: false, cause });
  }
}
