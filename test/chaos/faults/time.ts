import { join } from 'node:path';

import type { Fault, Stage } from '../fault.ts';
import { Scene } from '../scene.ts';
import { compare, type Found } from '../verdict.ts';
import { Watched } from '../watched.ts';
import { BASE_TIME, launch, launches, type Launch } from '../workload.ts';
import { linesOf, outcomeOf } from './input.ts';

/** Faults of clocks: of hosts, and of this machine. */
export const timeFaults: readonly Fault[] = [
  {
    id: 'T2-skew',
    fault: 'two sources, the clock of one of them is seven minutes behind that of the other',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events);
      const isFirst = ({ host }: Launch): boolean => Number(host.slice('host-'.length)) % 2 === 0;
      const skewed = all.map((one) => (isFirst(one) ? one : atTime(one, one.time - 420_000)));
      const alone = await Promise.all([
        outcomeOf(stage, linesOf(skewed.filter(isFirst))),
        outcomeOf(stage, linesOf(skewed.filter((one) => !isFirst(one)))),
      ]);
      const expected = new Map(alone.flatMap((found) => [...found]));
      return compare(expected, await outcomeOf(stage, linesOf(skewed)));
    },
  },
  {
    id: 'T3',
    fault:
      'events later than the lateness: counted, judged by rules without a window, in no window',
    run: async (stage) => {
      const all = launches(String(stage.seed), stage.events / 4);
      const late = lateOf(all, stage);
      const rare = late.filter(({ image }) => image === 'rare').map(({ one }) => one);
      // In order they would count in windows: so the rare ones alone, which no window reads.
      const inOrder = [...all, ...rare].toSorted((one, other) => one.time - other.time);
      const expected = await outcomeOf(stage, linesOf(inOrder));
      await using watched = await Watched.start(stage.folder);
      const lines = [...all];
      for (const { one, behind } of late.toReversed()) lines.splice(behind, 0, one);
      watched.put('events.ndjson', linesOf(lines));
      const found = await watched.settled(expected);
      const counted = await watched.status.metric('tidegate_late_events');
      return {
        ...compare(expected, found),
        also: {
          [`each is counted (${String(counted)} of ${String(late.length)})`]:
            counted === late.length,
        },
      };
    },
  },
  {
    id: 'T5',
    fault: 'a matching event dated in the future after every third one',
    run: async (stage) => {
      const rounds = 40;
      const honest = Array.from({ length: rounds * 4 }, (_, index) =>
        ofTarget(Math.floor(index / 4) * 60_000 + (index % 4) * 500, index),
      );
      const expected = await outcomeOf(stage, linesOf(honest));
      const attacked = honest.flatMap((one, index) => {
        if (index % 4 !== 2) return [one];
        const year = Date.UTC(2099, 0, 1) + index * 86_400_000;
        return [one, ofTarget(year - BASE_TIME, 1_000_000 + index)];
      });
      const found = await outcomeOf(stage, linesOf(attacked));
      const bursts = (all: Found): number => all.size;
      return {
        missing: Math.max(0, bursts(expected) - bursts(found)),
        extra: 0,
        duplicates: 0,
        also: { 'there are alerts to lose': expected.size >= rounds },
      };
    },
  },
  {
    id: 'T6',
    fault: "this machine's clock is set an hour forth and back again and again",
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      await scene.produce(0, 0.5);
      const preload = join(import.meta.dirname, '../stepping-clock.ts');
      scene.start(scene.config(), [], { preload });
      await scene.produce(0.5, 1);
      return await scene.settled();
    },
  },
];

function ofTarget(afterMs: number, record: number): Launch {
  const time = BASE_TIME + afterMs;
  return launch({ host: 'target', time, record, image: 'tool', user: 'u' });
}

/** The same launch, at another time. */
function atTime(one: Launch, time: number): Launch {
  const text = (at: number): string => new Date(at).toISOString().slice(0, 23).replace('T', ' ');
  return { ...one, time, line: one.line.replace(text(one.time), text(time)) };
}

interface Late {
  readonly one: Launch;
  readonly image: string;
  /** Its place: behind this launch, a minute after its own time. */
  readonly behind: number;
}

function lateOf(all: readonly Launch[], { random }: Stage): readonly Late[] {
  return Array.from({ length: 60 }, (_, index) => {
    const behind = Math.floor(all.length / 4) + index * Math.floor(all.length / 100);
    const image = index % 2 === 0 ? 'rare' : 'tool';
    const time = (all[behind]?.time ?? BASE_TIME) - 60_000;
    const host = `host-${String(random.integer(1, 12))}`;
    const one = launch({ host, time, record: 5_000_000 + index, image, user: 'late' });
    return { one, image, behind };
  });
}
