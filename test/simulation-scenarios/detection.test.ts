import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { alertId } from '../../src/alert/identity.ts';
import { isAtLeast } from '../../src/alert/level.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { Detection, EngineStatistics } from '../../src/engine/engine.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { RawRecord } from '../../src/event/record.ts';
import { createDetector } from '../../src/runtime/detector.ts';
import type { Detector } from '../../src/runtime/detector.ts';
import { createRandom } from '../../src/simulation/prng.ts';
import type { Label } from '../../src/simulation/scenario.ts';
import { developerDay } from '../../src/simulation/scenarios/developer-day.ts';
import { deliver, telemetry } from '../../src/simulation/telemetry.ts';
import { encoders } from '../../src/simulation/encoders/index.ts';
import { scenarioFile } from './files.ts';

const decoder = createAutoDecoder();
const utf8 = new TextDecoder();

interface Outcome {
  /** What was opened at level medium or above, by alert id. */
  readonly alerts: ReadonlyMap<string, Detection>;
  /** The final count of each. */
  readonly counts: ReadonlyMap<string, number>;
  readonly statistics: EngineStatistics;
}

interface Options {
  readonly batch: number;
  /** After so many batches the detector is replaced by one restored from its snapshot. */
  readonly restartEvery?: number;
}

describe('detection on developer-day', () => {
  const records = readRecords();
  let usual: Outcome;
  before(() => {
    usual = detect(decode(records), { batch: 500 });
  });

  it('finds the three thefts and nothing else at medium or above', () => {
    const found = [...usual.alerts.values()].map(
      ({ host, rule }) => `${String(rule.name)} on ${host}`,
    );
    const expected = developerDay.labels.flatMap((label) => {
      return rulesOf(label).map((rule) => `${rule} on ${label.host}`);
    });
    expect(found.toSorted()).to.deep.equal(expected.toSorted());
    for (const { firstTime, host, lastTime, rule } of usual.alerts.values()) {
      // What was read before it was sent belongs to the theft.
      const told = developerDay.labels.filter(
        (label) =>
          label.host === host &&
          label.from <= lastTime &&
          firstTime <= label.to &&
          rulesOf(label).includes(String(rule.name)),
      );
      expect(told.length, `${String(rule.name)} on ${host}`).to.equal(1);
    }
  });

  it('loses nothing: no event is late, evicted or forced, and duplicates are counted', () => {
    const { clockSkewed, duplicates, evicted, events, forced, late } = usual.statistics;
    expect({ clockSkewed, evicted, forced, late }).to.deep.equal({
      clockSkewed: 0,
      evicted: 0,
      forced: 0,
      late: 0,
    });
    expect(events).to.equal(records.length);
    // Identities are compared only for events that a rule or tracker asks for, as trackers do for these two kinds.
    const repeated = deliver(developerDay).filter((delivery) => delivery.isRepeated);
    const tracked = repeated.filter(({ action }) => /^(?:launch|exit)$/.test(action.deed.kind));
    // One delivery may be several records, one of each sensor that saw it.
    const texts = new Set(records.map(({ payload }) => utf8.decode(payload ?? undefined)));
    expect(duplicates).to.be.within(tracked.length, records.length - texts.size);
  });

  for (const batch of [1, 7, 20_000]) {
    it(`says the same when cut into batches of ${batch}`, () => {
      same(detect(decode(records), { batch }));
    });
  }

  for (const seed of ['a', 'b', 'c']) {
    it(`says the same when shuffled within the lateness, seed ${seed}`, () => {
      same(detect(shuffle(decode(records), seed), { batch: 333 }));
    });
  }

  it('says the same from other forwarders of the same logs', () => {
    const forwarders = new Set(['sysmon-flat', 'security-winlogbeat', 'osquery']);
    const chosen = encoders.filter(({ name }) => forwarders.has(name));
    same(detect(decode(recordsOf(telemetry(developerDay, chosen))), { batch: 500 }));
  });

  it('says the same when every record comes twice', () => {
    const twice = shuffle([...decode(records), ...decode(records)], 'twice');
    same(detect(twice, { batch: 500 }));
  });

  it('says the same when killed and restored again and again', () => {
    same(detect(decode(records), { batch: 400, restartEvery: 3 }));
  });

  function same(outcome: Outcome): void {
    expect([...outcome.alerts.keys()].toSorted()).to.deep.equal(
      [...usual.alerts.keys()].toSorted(),
    );
    expect(outcome.counts).to.deep.equal(usual.counts);
  }
});

function readRecords(): readonly RawRecord[] {
  const packed = readFileSync(scenarioFile('developer-day', 'ndjson.gz'));
  return recordsOf(gunzipSync(packed).toString('utf8').trimEnd().split('\n'));
}

function recordsOf(lines: readonly string[]): readonly RawRecord[] {
  const encoder = new TextEncoder();
  return lines.map((line, index) => ({
    payload: encoder.encode(line),
    position: { source: 'developer-day', partition: 0, offset: index + 1 },
  }));
}

function decode(records: readonly RawRecord[]): TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  for (const record of records) {
    decoder.decode(record, (event) => events.push(event));
  }
  expect(events.length).to.equal(records.length);
  return events;
}

/** No event comes after one of its host that is more than 4.9 s newer. */
function shuffle(events: readonly TelemetryEvent[], seed: string): TelemetryEvent[] {
  const random = createRandom(seed);
  return events
    .map((event) => ({ event, arrival: event.time + random.integer(0, 4_900) }))
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({ event }) => event);
}

function detect(events: readonly TelemetryEvent[], options: Options): Outcome {
  const alerts = new Map<string, Detection>();
  const counts = new Map<string, number>();
  const emit = (detection: Detection): void => {
    if (!isAtLeast(detection.rule.level, 'medium')) return;
    const id = alertId(detection);
    if (detection.phase === 'opened') alerts.set(id, detection);
    counts.set(id, Math.max(counts.get(id) ?? 0, detection.count));
  };
  let { engine } = newDetector();
  for (let from = 0, batch = 1; from < events.length; from += options.batch, batch += 1) {
    engine.observe(events.slice(from, from + options.batch), emit);
    if (options.restartEvery !== undefined && batch % options.restartEvery === 0) {
      const written = JSON.stringify(engine.snapshot());
      engine = newDetector().engine;
      engine.restore(JSON.parse(written) as ReturnType<typeof engine.snapshot>);
    }
  }
  engine.advance(Number.POSITIVE_INFINITY, emit);
  return { alerts, counts, statistics: engine.statistics() };
}

function newDetector(): Detector {
  const detector = createDetector({ rules: ['rules'], lists: ['rules/lists'], decoder });
  const errors = detector.problems.filter((problem) => problem.severity === 'error');
  expect(errors).to.deep.equal([]);
  return detector;
}

function rulesOf({ rule, others = [] }: Label): readonly string[] {
  return [rule, ...others];
}
