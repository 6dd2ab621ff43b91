import type { EventTime } from '../../event/record.ts';
import type { Encoder } from '../../simulation/encoders/encoder.ts';
import type { Story } from '../../simulation/story/story.ts';
import type { OutgoingRecord, RecordTarget } from '../../sinks/records/target.ts';
import type { WrittenAlert } from './alert-log.ts';
import { sensorOf } from './matrix.ts';
import { hostNames, prepareTrials, type Trial } from './trial.ts';
import { judge, type Verdict } from './verdict.ts';

/** How stories are played into a pipeline that runs. */
export interface LiveOptions {
  readonly seed: string;
  /** Before the names of all hosts, so that people know them by it. */
  readonly mark: string;
  /** Now: stories are over by then, so that no event is of the future. */
  readonly now: EventTime;
}

const RECORDS_PER_WRITE = 500;
const utf8 = new TextEncoder();

/** Stories that are over now, each sensor of each story on a host of its own. */
export function prepareLive(
  stories: readonly Story[],
  encoders: readonly Encoder[],
  { seed, mark, now }: LiveOptions,
): readonly Trial[] {
  return stories.flatMap((story) =>
    encoders.flatMap((encoder) => {
      const options = { seed, mark: `${mark}-${encoder.sensor}` };
      const tried = prepareTrials(story, encoder, { ...options, time: now });
      const last = Math.max(now, ...tried.map((trial) => trial.deliveries.at(-1)?.arrival ?? now));
      return prepareTrials(story, encoder, { ...options, time: 2 * now - last - 1000 });
    }),
  );
}

/** Sends the telemetry of trials, in order of arrival over all of them, keyed by host. */
export async function sendTrials(
  trials: readonly Trial[],
  target: RecordTarget,
  onSent: (records: number) => void,
): Promise<void> {
  const records = trials
    .flatMap(({ deliveries, play }) =>
      deliveries.map(({ arrival, line }) => ({ arrival, line, key: play.host.name })),
    )
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({ line, key }): OutgoingRecord => ({ payload: utf8.encode(line), key }));
  for (let from = 0; from < records.length; from += RECORDS_PER_WRITE) {
    await target.write(records.slice(from, from + RECORDS_PER_WRITE));
    onSent(Math.min(records.length, from + RECORDS_PER_WRITE));
  }
  await target.flush();
}

/**
 * What a pipeline made of trials. A written alert does not say when its condition became true, so it is asked
 * only whether it came.
 */
export function judgeWritten(
  trials: readonly Trial[],
  written: readonly WrittenAlert[],
  nameOf: (ruleId: string) => string,
): readonly Verdict[] {
  const byHost = Map.groupBy(written, ({ host }) => host);
  return trials.map((trial) => {
    const own = [...hostNames(trial)].flatMap((name) => byHost.get(name) ?? []);
    const beside = written.filter(({ host }) => host.startsWith(`${trial.play.host.name}-beside-`));
    const alerts = [...own, ...beside].map(({ ruleId, level }) => ({
      rule: nameOf(ruleId),
      level,
      time: lastEvidence(trial),
    }));
    return judge({ trial, alerts, refused: [] }, sensorOf(trial.encoder), { isTimed: false });
  });
}

function lastEvidence({ play }: Trial): EventTime {
  const labelled = [...play.labelled.values()].flat();
  return Math.max(0, ...labelled.map(({ time }) => time));
}
