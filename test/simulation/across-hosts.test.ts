import { expect } from 'chai';
import fc from 'fast-check';
import { CrossEngine } from '../../src/engine/cross-engine.ts';
import { createEngine, defaultLimits } from '../../src/engine/create.ts';
import type { Detection, Engine, Outgoing } from '../../src/engine/engine.ts';
import { HandedEvent, readHanded, textOfProgress } from '../../src/engine/handed-hit.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';
import {
  correlation,
  END,
  engineFor,
  eventOf,
  events,
  fakeMatcher,
  recordOf,
  ruleSet,
  threshold,
  type Row,
} from '../engine/fakes.ts';
import { outcome } from './scenario.ts';
import { check, seed } from './seed.ts';

// Hosts are dealt out over tasks; what one task sees of a rule across hosts goes to the task of the
// group (decisions §11). Nothing of it may show in the alerts.

const rules: RuleSet = ruleSet([
  correlation('prevalence', {
    type: 'value_count',
    rules: ['a', 'b'],
    condition: threshold({ gte: 2 }, { fields: ['Computer'] }),
    groupBy: ['user'],
    timespanMs: 20,
  }),
  correlation('fleet', {
    type: 'event_count',
    rules: ['a'],
    condition: threshold({ gte: 3 }),
    groupBy: [],
    timespanMs: 15,
  }),
  correlation('on-host', {
    type: 'event_count',
    rules: ['c'],
    condition: threshold({ gte: 2 }),
    timespanMs: 20,
  }),
  correlation('hosts-in-a-row', {
    type: 'value_count',
    rules: ['on-host'],
    condition: threshold({ gte: 2 }, { fields: ['Computer'] }),
    groupBy: [],
    timespanMs: 30,
  }),
  correlation('few', {
    type: 'event_count',
    rules: ['b'],
    condition: threshold({ lt: 2 }),
    groupBy: ['user'],
    timespanMs: 10,
  }),
  correlation('on-top', {
    type: 'temporal',
    rules: ['prevalence', 'fleet'],
    condition: { kind: 'threshold', bounds: [{ operator: 'gte', value: 2 }], fields: [] },
    groupBy: [],
    timespanMs: 40,
  }),
]);

const rows: fc.Arbitrary<readonly Row[]> = fc
  .array(
    fc.record({
      at: fc.nat(80),
      host: fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5'),
      rules: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      user: fc.constantFrom('u1', 'u2', 'u3'),
    }),
    { maxLength: 40 },
  )
  .map((drafts) =>
    drafts
      .toSorted((one, other) => one.at - other.at)
      .map(({ user, ...row }, index) => ({
        ...row,
        id: `e${String(index).padStart(3, '0')}`,
        // Every host names itself, as telemetry does.
        fields: { user, Computer: row.host },
      })),
  );

const limits = { ...defaultLimits, latenessMs: 4 };

function handingOver(): Engine {
  return createEngine({
    ruleSet: rules,
    matcher: fakeMatcher(rules),
    enrichments: { derivations: [], trackers: [] },
    limits,
    revive: (record) => eventOf(record),
    handsOver: true,
  });
}

function crossEngine(): CrossEngine {
  return new CrossEngine({ ruleSet: rules, limits, revive: (record) => eventOf(record) });
}

/** The tasks that hosts are dealt out over, and those that see the hits of all of them. */
class Fleet {
  readonly detections: Detection[] = [];
  readonly logs: string[][];
  readonly #hostTasks: Engine[];
  readonly #crossTasks: CrossEngine[];

  constructor(hostTasks: number, crossTasks: number) {
    this.#hostTasks = Array.from({ length: hostTasks }, handingOver);
    this.#crossTasks = Array.from({ length: crossTasks }, crossEngine);
    this.logs = this.#crossTasks.map(() => []);
  }

  observe(task: number, part: readonly Row[]): void {
    this.#hostTasks[task]?.observe(events(part), (found) => this.detections.push(found));
    this.#publish(task);
  }

  finish(): void {
    for (const [task, engine] of this.#hostTasks.entries()) {
      engine.advance(END, (found) => this.detections.push(found));
      this.#publish(task);
    }
    for (const engine of this.#crossTasks) {
      engine.advance(END, (found) => this.detections.push(found));
    }
  }

  /** A task across hosts is killed and goes on from its snapshot; its log gives some again. */
  restart(task: number, again: number): void {
    const before = this.#crossTasks[task];
    if (before === undefined) return;
    const engine = crossEngine();
    engine.restore(JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<Engine['snapshot']>);
    this.#crossTasks[task] = engine;
    this.#read(task, (this.logs[task] ?? []).slice(-again));
  }

  #publish(task: number): void {
    const engine = this.#hostTasks[task];
    if (engine === undefined) return;
    for (const message of engine.takeOutgoing()) this.#send(message);
    const { length: tasks } = this.#hostTasks;
    const frontier = engine.frontier ?? null;
    const progress = { kind: 'progress' as const, source: 'telemetry', task, tasks, frontier };
    for (const index of this.#crossTasks.keys()) this.#append(index, textOfProgress(progress));
  }

  #send({ route, value }: Outgoing): void {
    const sum = [...route].reduce((total, letter) => total * 31 + letter.charCodeAt(0), 7);
    this.#append(sum % this.#crossTasks.length, String(value));
  }

  #append(task: number, text: string): void {
    this.logs[task]?.push(text);
    this.#read(task, [text]);
  }

  #read(task: number, texts: readonly string[]): void {
    const handed = texts.map((text) => {
      const message = readHanded(text);
      if (message === undefined) throw new Error('a message of ours');
      return new HandedEvent(message, recordOf({ at: 0, rules: [] }));
    });
    this.#crossTasks[task]?.observe(handed, (found) => this.detections.push(found));
  }
}

/** Final states, whoever told them first. */
function alerts(detections: readonly Detection[]): unknown {
  return outcome(detections);
}

function expected(all: readonly Row[]): unknown {
  const detections: Detection[] = [];
  const engine = engineFor(rules, { limits });
  engine.observe(events(all), (found) => detections.push(found));
  engine.advance(END, (found) => detections.push(found));
  return alerts(detections);
}

const taskOf = (row: Row, tasks: number): number => Number(row.host?.slice(1)) % tasks;

describe(`rules across hosts, over tasks (FC_SEED=${seed})`, () => {
  it('however hosts and groups are dealt out, the alerts of one engine over all hosts', () => {
    check(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (all, n, m) => {
          const fleet = new Fleet(n, m);
          for (const row of all) fleet.observe(taskOf(row, n), [row]);
          fleet.finish();
          expect(alerts(fleet.detections)).to.deep.equal(expected(all));
        },
      ),
      300,
    );
  });

  it('one task may be far ahead of another: its hits wait', () => {
    check(
      fc.property(rows, (all) => {
        const fleet = new Fleet(2, 2);
        for (const task of [1, 0]) {
          fleet.observe(
            task,
            all.filter((row) => taskOf(row, 2) === task),
          );
        }
        fleet.finish();
        expect(alerts(fleet.detections)).to.deep.equal(expected(all));
      }),
      200,
    );
  });

  it('killed, and given hits and progress a second time: the same alerts and counts', () => {
    check(
      fc.property(rows, fc.array(fc.nat(39), { maxLength: 6 }), fc.nat(20), (all, kills, again) => {
        const fleet = new Fleet(2, 2);
        for (const [index, row] of all.entries()) {
          fleet.observe(taskOf(row, 2), [row]);
          if (kills.includes(index)) fleet.restart(index % 2, again + 1);
        }
        fleet.finish();
        expect(alerts(fleet.detections)).to.deep.equal(expected(all));
      }),
      300,
    );
  });
});
