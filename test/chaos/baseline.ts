import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { configure, runToEnd } from './instance.ts';
import { alertsIn, type Found } from './verdict.ts';
import { launches } from './workload.ts';

/** What an uninterrupted run finds, made once for all rows that ask for it. */
export interface Baseline extends AsyncDisposable {
  readonly found: () => Promise<Found>;
}

/** The uninterrupted run over the launches of a seed, from a file. */
export function baselineOf(seed: number, events: number): Baseline {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-baseline-'));
  let made: Promise<Found> | undefined;
  const make = async (): Promise<Found> => {
    const file = join(folder, 'events.ndjson');
    const lines = launches(String(seed), events).map(({ line }) => line);
    writeFileSync(file, `${lines.join('\n')}\n`);
    await runToEnd(configure(folder, { source: `{ kind: file, paths: [${file}] }` }));
    const found = alertsIn(folder, 'counts');
    if (found.size === 0) throw new Error('the uninterrupted run found nothing to compare with');
    return found;
  };
  return {
    found: () => (made ??= make()),
    [Symbol.asyncDispose]: async () => {
      await made?.catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
