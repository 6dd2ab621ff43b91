import { assert } from '../base/assert.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { LinkedDetection } from '../language/ruleset.ts';
import { Agenda } from './agenda.ts';
import { CandidateFinder, type Candidate } from './candidate.ts';
import { CLOCK_SKEW_FIELD } from './clock.ts';
import { Correlator } from './correlator.ts';
import type { EngineOptions } from './create.ts';
import { CrossLane } from './cross-lane.ts';
import { CrossTurns } from './cross-turns.ts';
import type { Emit, Engine, EngineSnapshot, EngineStatistics, Outgoing } from './engine.ts';
import type { Entry } from './entry.ts';
import { HandOver } from './hand-over.ts';
import { Health } from './health.ts';
import { detectionOfEvent } from './event-detection.ts';
import { hitOf } from './hit.ts';
import { HostLane, type Waiting } from './lane.ts';
import { Lanes } from './lanes.ts';
import type { ConsumerPlan } from './plan.ts';
import { noteFullest } from './fullest.ts';
import { planStream, type StreamPlan } from './plan.ts';
import { Redelivery } from './redelivery.ts';
import { restoreStream, snapshotStream, type StreamState } from './snapshot.ts';
import { Tally } from './tally.ts';
import type { Timers } from './timers.ts';

/** Time of the log after which silent hosts are looked for, in ms. */
const LOOK_EVERY_MS = 1_000;

/**
 * One task's events through rules, order and windows.
 *
 * Each event is judged at once by the rules that need nothing but it. If it matters to anything
 * with memory it waits in its host's lane, in the order of (event time, event id), until the host's
 * watermark has passed it; then trackers learn from it, the rules over what they know are judged,
 * and its hits go to correlations: those bound to the host at once, the others through the cross
 * lane, when every host has passed it.
 */
export class StreamEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #plan: StreamPlan;
  readonly #candidates: CandidateFinder;
  readonly #correlator: Correlator;
  readonly #lanes: Lanes = new Lanes();
  readonly #cross: CrossLane = new CrossLane();
  readonly #turns: CrossTurns;
  readonly #handOver: HandOver | undefined;
  readonly #redelivery: Redelivery;
  readonly #tally: Tally = new Tally();
  readonly #health: Health = new Health();
  #emit: Emit = () => undefined;
  #hits: LinkedDetection[] = [];
  readonly #collect: (detection: LinkedDetection) => void;

  constructor(options: EngineOptions) {
    const { ruleSet, matcher, enrichments, limits, revive } = options;
    this.#options = options;
    this.#plan = planStream(ruleSet);
    this.#candidates = new CandidateFinder(this.#plan, matcher, enrichments.trackers);
    this.#redelivery = new Redelivery(limits.redeliveryPerHostMax, limits.redeliveryMax);
    this.#collect = (detection) => this.#hits.push(detection);
    this.#correlator = new Correlator({
      plan: this.#plan,
      limits,
      revive,
      tally: this.#tally,
      health: this.#health,
      timersOf: (plan, host) => this.#timersOf(plan, host),
      toCrossHost: (turn, entries) => (this.#handOver ?? this.#turns).take(turn, entries),
      emit: (detection) => this.#emit(detection),
    });
    this.#handOver = options.handsOver === true ? new HandOver(this.#plan) : undefined;
    this.#turns = new CrossTurns({
      correlator: this.#correlator,
      tally: this.#tally,
      health: this.#health,
      waitingMax: limits.waitingMax,
    });
  }

  observe(batch: Iterable<TelemetryEvent>, emit: Emit): void {
    this.#emit = emit;
    for (const event of batch) this.#arrive(event);
    this.#correlator.report();
    noteFullest(this.#state(), this.#options.limits);
  }

  advance(watermark: EventTime, emit: Emit): void {
    this.#emit = emit;
    for (const lane of this.#lanes.all) {
      lane.clock.confirm(watermark);
      this.#restamp(lane);
      lane.raiseFloor(watermark);
      this.#settle(lane);
    }
    this.#settleCross();
    this.#correlator.report();
    noteFullest(this.#state(), this.#options.limits);
  }

  elapse(silentMs: number, emit: Emit): void {
    this.#emit = emit;
    for (const lane of this.#lanes.all) {
      lane.elapse(silentMs);
      this.#settle(lane);
    }
    this.#settleCross();
    this.#correlator.report();
  }

  statistics(): EngineStatistics {
    return {
      ...this.#tally,
      waiting: this.#lanes.waiting + this.#turns.waiting.size,
      hosts: this.#lanes.size,
      groups: this.#correlator.groups,
      findings: this.#health.findings,
    };
  }

  takeOutgoing(): readonly Outgoing[] {
    return this.#handOver?.takeOutgoing() ?? [];
  }

  get frontier(): EventTime | undefined {
    return this.#lanes.size === 0 ? undefined : this.#turns.frontier;
  }

  snapshot(): EngineSnapshot {
    return snapshotStream(this.#state());
  }

  restore(snapshot: EngineSnapshot): void {
    assert(this.#tally.events === 0, 'only a fresh engine can be restored');
    restoreStream(snapshot, this.#state());
  }

  #state(): StreamState {
    return {
      consumers: this.#plan.consumers,
      trackers: this.#options.enrichments.trackers,
      correlator: this.#correlator,
      lanes: this.#lanes,
      cross: this.#cross,
      turns: this.#turns,
      redelivery: this.#redelivery,
      tally: this.#tally,
      health: this.#health,
      openLane: (host) => this.#openLane(host),
      revive: (record, index) => this.#options.revive(record, index),
      find: (event) => this.#candidates.find(event, this.#match(event, 'arrival')),
    };
  }

  #arrive(event: TelemetryEvent): void {
    this.#tally.events += 1;
    const lane = this.#lanes.get(event.host) ?? this.#admit(event.host);
    lane.seen = this.#tally.events;
    this.#hear(lane, event.origin.record.recordTime);
    const time = this.#readClock(lane, event);
    const isLate = time < lane.watermark;
    if (isLate) this.#tally.late += 1;
    const hits = this.#match(event, 'arrival');
    const candidate = this.#candidates.find(event, hits);
    if (hits.length > 0 || candidate !== undefined) {
      if (this.#redelivery.isKnown(lane.host, event)) {
        this.#tally.duplicates += 1;
      } else {
        this.#tally.matches += hits.length;
        this.#alert(event, time, hits);
        if (candidate !== undefined && isLate) this.#judgeLate(event, time, candidate);
        else if (candidate !== undefined) this.#wait(lane, event, time, candidate);
      }
    }
    this.#settle(lane);
    this.#settleCross();
  }

  // Where the log has a time, it tells of the silence of each host while others go on.
  #hear(lane: HostLane, recordTime: EventTime | undefined): void {
    lane.silentMs = undefined;
    if (recordTime !== undefined) {
      lane.heardAt = recordTime;
      const { logTime } = this.#cross;
      if (logTime === undefined || recordTime > logTime) this.#cross.logTime = recordTime;
      if (
        logTime !== undefined &&
        recordTime - logTime >= LOOK_EVERY_MS - (logTime % LOOK_EVERY_MS)
      ) {
        for (const other of this.#lanes.all) {
          if (!other.isIdle && other.fallSilent(recordTime)) this.#settle(other);
        }
      }
    }
    if (this.#plan.hasCrossHost) this.#cross.hear(lane);
  }

  #readClock(lane: HostLane, event: TelemetryEvent): EventTime {
    const { clock } = lane;
    const time = clock.read(event.time, event.origin.record.recordTime);
    this.#health.now = time;
    if (clock.skewed) {
      this.#tally.clockSkewed += 1;
      event.derived.set(CLOCK_SKEW_FIELD, true);
    }
    for (let refuted = clock.takeRefuted(); refuted > 0; refuted--) {
      this.#health.raise('clock', lane.host, undefined);
    }
    this.#restamp(lane);
    return time;
  }

  // Events that wait get the time that their host's clock has settled on.
  #restamp(lane: HostLane): void {
    for (const { waiting, time, isSkewed } of lane.clock.takeSettled()) {
      const found = waiting as Waiting;
      if (found.slot < 0) continue;
      if (isSkewed && !found.isSkewed) this.#tally.clockSkewed += 1;
      found.time = time;
      found.isSkewed = isSkewed;
      if (isSkewed) found.event.derived.set(CLOCK_SKEW_FIELD, true);
      else found.event.derived.delete(CLOCK_SKEW_FIELD);
      lane.waiting.moved(found);
    }
  }

  #match(event: TelemetryEvent, stage: 'arrival' | 'ordered'): readonly LinkedDetection[] {
    this.#hits = [];
    this.#options.matcher.match(event, stage, this.#collect);
    return this.#hits;
  }

  #wait(lane: HostLane, event: TelemetryEvent, time: EventTime, candidate: Candidate): void {
    const { waitingPerHostMax, waitingMax } = this.#options.limits;
    const waiting: Waiting = {
      slot: -1,
      time,
      event,
      candidate,
      sequence: this.#tally.events,
      isSkewed: lane.clock.skewed,
    };
    lane.clock.attach(waiting);
    this.#lanes.wait(lane, waiting);
    if (lane.waiting.size > waitingPerHostMax) this.#force(lane);
    const crowded = this.#lanes.mostCrowded;
    if (this.#lanes.waiting > waitingMax && crowded !== undefined) this.#force(crowded);
  }

  // The buffer is full: the earliest event takes its turn now, and older ones are late from here
  // on.
  #force(lane: HostLane): void {
    const waiting = lane.waiting.top;
    if (waiting === undefined) return;
    this.#tally.forced += 1;
    this.#health.raise('waiting', lane.host, undefined);
    lane.raiseFloor(waiting.time);
    this.#correlator.fire(lane.timers, waiting.time);
    this.#lanes.next(lane);
    learn(waiting);
    this.#release(waiting);
    this.#settle(lane);
  }

  // Lets everything before the watermark happen, in order.
  #settle(lane: HostLane): void {
    const { watermark } = lane;
    for (let top = lane.waiting.top; top !== undefined; top = lane.waiting.top) {
      if (top.time >= watermark) break;
      if (lane.timers.size > 0) this.#correlator.fire(lane.timers, top.time);
      this.#releaseMoment(lane, top.time);
    }
    if (lane.timers.size > 0) this.#correlator.fire(lane.timers, watermark);
  }

  // Events of one moment have no order among themselves (osquery counts whole seconds): trackers
  // learn from all of them before any is judged, so that a child is not judged before its parent is
  // known.
  #releaseMoment(lane: HostLane, time: EventTime): void {
    const moment: Waiting[] = [];
    for (let top = lane.waiting.top; top?.time === time; top = lane.waiting.top) {
      this.#lanes.next(lane);
      learn(top);
      moment.push(top);
    }
    for (const waiting of moment) this.#release(waiting);
  }

  #release({ event, time, candidate }: Waiting): void {
    const agenda = this.#judge(event, time, candidate);
    if (agenda === undefined || agenda.entries.length === 0) return;
    this.#correlator.runOnHost({ time, id: event.id, host: event.host }, agenda);
  }

  // Windows that could have held the event are past. Rules see it with what trackers know now.
  #judgeLate(event: TelemetryEvent, time: EventTime, candidate: Candidate): void {
    const entries = this.#judge(event, time, candidate)?.entries ?? [];
    const suppressed = entries.filter((entry) => entry.plan.kind === 'suppression');
    const turn = { time, id: event.id, host: event.host };
    const isElsewhere = ({ plan }: Entry): boolean =>
      this.#handOver !== undefined && !plan.isHostBound;
    const own = suppressed.filter((entry) => !isElsewhere(entry));
    if (own.length > 0) this.#correlator.run(turn, own);
    this.#handOver?.take(turn, suppressed.filter(isElsewhere));
  }

  // Only what a rule or a window will look at is filled in with what trackers know.
  #judge(event: TelemetryEvent, time: EventTime, candidate: Candidate): Agenda | undefined {
    const { hits, mayMatch } = candidate;
    if (hits.length === 0 && !mayMatch) return undefined;
    const { matcher, enrichments } = this.#options;
    let isTracked = false;
    for (const tracker of enrichments.trackers) {
      if (tracker.enrich(event)) isTracked = true;
    }
    const canMatch = mayMatch && (isTracked || !matcher.needsTracked(event.logsource));
    const ordered = canMatch ? this.#match(event, 'ordered') : [];
    this.#tally.matches += ordered.length;
    this.#alert(event, time, ordered);
    if (hits.length + ordered.length === 0) return undefined;
    return this.#agendaOf(event, time, [...hits, ...ordered]);
  }

  #agendaOf(event: TelemetryEvent, time: EventTime, hits: readonly LinkedDetection[]): Agenda {
    const agenda = new Agenda();
    for (const detection of hits) {
      const routes = this.#correlator.routesOf(detection.rule.id);
      if (routes === undefined) continue;
      const hit = hitOf(this.#options.matcher, detection, { event, time });
      this.#correlator.plan(agenda, routes, hit);
    }
    return agenda;
  }

  // Rules with neither window nor suppression alert for each event.
  #alert(event: TelemetryEvent, time: EventTime, hits: readonly LinkedDetection[]): void {
    const { matcher } = this.#options;
    for (const detection of hits) {
      if (!detection.alerts || detection.rule.suppress !== undefined) continue;
      const matched = matcher.matchedSelections(detection, event);
      const computed = matcher.computed(detection, event);
      const { evidenceMax } = this.#options.limits;
      this.#emit(detectionOfEvent(detection, { event, time, matched, computed, evidenceMax }));
    }
  }

  #settleCross(): void {
    if (!this.#plan.hasCrossHost) return;
    const slowest = this.#cross.slowest();
    if (slowest !== undefined) this.#turns.settle(slowest);
  }

  #timersOf(plan: ConsumerPlan, host: string): Timers {
    if (!plan.isHostBound) return this.#turns.timers;
    const lane = this.#lanes.get(host);
    assert(lane !== undefined, 'a group stands on the quota of a host that is not kept');
    return lane.timers;
  }

  #admit(host: string): HostLane {
    if (this.#lanes.size >= this.#options.limits.hostsMax) {
      for (const lane of this.#lanes.leastMissed()) this.#dropLane(lane);
    }
    return this.#openLane(host);
  }

  #openLane(host: string): HostLane {
    const lane = new HostLane(host, this.#options.limits.latenessMs);
    this.#lanes.add(lane);
    this.#cross.join(lane);
    return lane;
  }

  #dropLane(lane: HostLane): void {
    for (let top = lane.waiting.top; top !== undefined; top = lane.waiting.top) {
      this.#correlator.fire(lane.timers, top.time);
      this.#releaseMoment(lane, top.time);
    }
    this.#correlator.dropHost(lane.host);
    this.#redelivery.drop(lane.host);
    this.#cross.leave(lane);
    this.#lanes.remove(lane);
    this.#health.raise('hosts', lane.host, undefined);
  }
}

function learn({ event, candidate }: Waiting): void {
  for (const tracker of candidate.feeds) tracker.observe(event);
}
