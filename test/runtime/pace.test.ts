import { expect } from 'chai';

import type { TelemetryEvent } from '../../src/event/event.ts';
import type { Decoded } from '../../src/runtime/decoding.ts';
import { Pace, pacedBatches } from '../../src/runtime/pace.ts';

const { signal } = new AbortController();

/** Records of these event times; undefined for one that no decoder understands. */
function batch(times: readonly (number | undefined)[]): readonly Decoded[] {
  return times.map((time, offset) => ({
    record: { payload: null, position: { source: 'file', partition: 0, offset } },
    events: time === undefined ? [] : [{ time } as TelemetryEvent],
    problem: undefined,
  }));
}

async function paced(
  pace: Pace,
  ...batches: readonly (readonly (number | undefined)[])[]
): Promise<{ steps: number[][]; pauses: number }> {
  async function* source(): AsyncGenerator<readonly Decoded[]> {
    for (const times of batches) yield await Promise.resolve(batch(times));
  }
  const steps: number[][] = [];
  let pauses = 0;
  const onPause = (): Promise<void> => {
    pauses += 1;
    return Promise.resolve();
  };
  for await (const step of pacedBatches(source(), pace, onPause)) {
    steps.push(step.map(({ record }) => record.position.offset));
  }
  return { steps, pauses };
}

describe('runtime: pace', () => {
  it('hands on what is due together, and pauses before what is not', async () => {
    // A second of event time is 20 ms.
    const pace = new Pace({ speed: 50, signal });
    const { steps, pauses } = await paced(pace, [0, 1, undefined, 2000, 2001, 4000]);
    expect(steps).to.deep.equal([[0, 1, 2], [3, 4], [5]]);
    expect(pauses).to.equal(2);
    expect(pace.pausedMs).to.be.at.least(60);
  });

  it('does not pause at full speed', async () => {
    const pace = new Pace({ speed: Number.POSITIVE_INFINITY, signal });
    expect(await paced(pace, [0, 1e12, 3])).to.deep.equal({ steps: [[0, 1, 2]], pauses: 0 });
  });

  it('lets events that come late pass at once', async () => {
    const pace = new Pace({ speed: 50, signal });
    const { steps, pauses } = await paced(pace, [2000], [0, 1, 1999]);
    expect(steps).to.deep.equal([[0], [0, 1, 2]]);
    expect(pauses).to.equal(0);
  });

  it('is not held up by a clock that runs a century ahead for a moment', async () => {
    const pace = new Pace({ speed: 50, signal });
    const { steps } = await paced(pace, [0, 1, 3.2e12, 3, 2000]);
    expect(steps).to.deep.equal([[0, 1, 2, 3], [4]]);
  });

  it('cuts a quiet spell to the longest pause, and goes on at its speed', async () => {
    const pace = new Pace({ speed: 1, signal, pauseMsMax: 10 });
    const { steps, pauses } = await paced(pace, [0], [86_400_000, 86_400_001], [9e12]);
    expect(steps).to.deep.equal([[0], [0, 1], [0]]);
    expect(pauses).to.equal(2);
  });

  it('ends a pause when the signal aborts, and pauses no more', async () => {
    const controller = new AbortController();
    const pace = new Pace({ speed: 1, signal: controller.signal });
    pace.waitMs(0);
    const pausing = pace.until(3.2e12);
    controller.abort();
    await pausing;
    await pace.until(6e12);
  });

  it('begins anew after a restart', async () => {
    const pace = new Pace({ speed: 1, signal });
    pace.waitMs(0);
    pace.restart();
    expect(await paced(pace, [5e12])).to.deep.equal({ steps: [[0]], pauses: 0 });
  });
});
