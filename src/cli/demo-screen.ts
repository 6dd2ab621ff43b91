import type { Alert } from '../alert/alert.ts';
import { compareLevels } from '../alert/level.ts';
import type { EngineStatistics } from '../engine/engine.ts';
import type { EventTime } from '../event/record.ts';
import type { DecodeCounts } from '../runtime/decoding.ts';
import type { SinkReceipt } from '../sinks/sink.ts';
import { alertLine, levelWord } from './alert-line.ts';
import { count, counted, duration, utc } from './format.ts';
import { LiveView } from './live-view.ts';
import { bar } from './progress.ts';
import { tableLines } from './table.ts';
import { fitLine, painter, shorten } from './terminal-text.ts';

const REDRAW_MS = 80;
const ALERTS_SHOWN_MAX = 12;
const FIRST_HOUR_LENGTH = 16;

export interface DemoScreenOptions {
  readonly isLive: boolean;
  readonly speed: number;
  readonly counts: DecodeCounts;
}

export interface DemoResult {
  readonly statistics: EngineStatistics;
  readonly storePath: string;
  /** How long the replay was held back to event time, in ms. */
  readonly pausedMs: number;
  readonly isInterrupted: boolean;
}

/** What the demo shows: a live table on a terminal, plain lines elsewhere, and a summary. */
export class DemoScreen {
  private readonly options: DemoScreenOptions;
  private readonly view = new LiveView(process.stdout);
  private readonly paint = painter(process.stdout);
  private readonly byId = new Map<string, Alert>();
  private readonly titles = new Map<string, string>();
  private readonly receipt = { created: 0, alreadyThere: 0 };
  private startedAt = 0;
  private drawnAt = 0;
  private newest: EventTime | undefined;
  private share = 0;

  constructor(options: DemoScreenOptions) {
    this.options = options;
  }

  /** @param page Where the alerts are shown as well. */
  start(page?: string): void {
    this.startedAt = performance.now();
    const speed =
      this.options.speed === Number.POSITIVE_INFINITY
        ? 'as fast as it goes'
        : `at ${count(this.options.speed)} × event time`;
    this.say(this.paint('bold', `Tidegate replays one working day ${speed}.`));
    if (page !== undefined) this.say(`The page: ${page}`);
    this.say('');
  }

  stored(receipt: SinkReceipt): void {
    this.receipt.created += receipt.created;
    this.receipt.alreadyThere += receipt.alreadyThere;
  }

  alerts(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      const isNew = !this.byId.has(alert.id);
      this.byId.set(alert.id, alert);
      if (alert.document !== undefined) {
        const rule = alert.document['rule'] as { readonly name?: string };
        this.titles.set(alert.ruleId, rule.name ?? alert.ruleId);
      }
      if (isNew && this.isTelling) this.say(alertLine(alert, this.paint));
    }
    this.draw(true);
  }

  reached(newest: EventTime | undefined, share: number): void {
    this.share = share;
    if (newest !== undefined) this.newest = Math.max(newest, this.newest ?? newest);
    this.draw(false);
  }

  finish(result: DemoResult): void {
    this.view.clear();
    if (!this.isTelling) for (const line of this.alertLines()) this.say(line);
    const tookMs = performance.now() - this.startedAt;
    const { counts } = this.options;
    const workMs = Math.max(1, tookMs - result.pausedMs);
    const rate = `${count((counts.events / workMs) * 1000)} events/s`;
    const paused =
      result.pausedMs > 0 ? `, of which ${duration(workMs)} were work (${rate})` : ` (${rate})`;
    this.say('');
    if (result.isInterrupted) this.say(this.paint('yellow', 'Stopped before the day was over.'));
    this.say(`${counted(counts.events, 'event')} in ${duration(tookMs)}${paused}`);
    const { late, duplicates } = result.statistics;
    this.say(
      `${count(late)} late for windows, ${counted(duplicates, 'duplicate')} dropped, ` +
        `${counted(counts.refusedTotal, 'record')} refused`,
    );
    this.say('');
    for (const line of this.summaryLines()) this.say(line);
    this.say('');
    const before =
      this.receipt.alreadyThere > 0
        ? ` (${count(this.receipt.alreadyThere)} were there already: the same input gives the same ids)`
        : '';
    this.say(`${counted(this.byId.size, 'alert')} in ${result.storePath}${before}`);
  }

  /** The replay is over, the page is not. */
  stays(page: string): void {
    this.say('');
    this.say(`The page stays open: ${this.paint('bold', page)}`);
    this.say(this.paint('dim', 'Ctrl-C ends it.'));
  }

  private get isDrawing(): boolean {
    return this.options.isLive && this.view.isLive;
  }

  // A paced replay without a live view tells each alert as it opens; a fast one tells them all at its end, with
  // their final counts.
  private get isTelling(): boolean {
    return !this.isDrawing && this.options.speed !== Number.POSITIVE_INFINITY;
  }

  private say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  private draw(isUrgent: boolean): void {
    const now = performance.now();
    if (!this.isDrawing || (!isUrgent && now - this.drawnAt < REDRAW_MS)) return;
    this.drawnAt = now;
    const width = (process.stdout.columns || 80) - 1;
    const clock = this.newest === undefined ? '' : utc(this.newest).slice(0, FIRST_HOUR_LENGTH);
    const status = `${clock}  ${counted(this.options.counts.events, 'event')}, ${counted(this.byId.size, 'alert')}`;
    const lines = [...this.alertLines(), '', `${bar(this.share)}  ${this.paint('dim', status)}`];
    this.view.show(lines.map((line) => fitLine(line, width)));
  }

  private alertLines(): readonly string[] {
    const alerts = [...this.byId.values()].slice(-ALERTS_SHOWN_MAX);
    return alerts.map((alert) => alertLine(alert, this.paint));
  }

  private summaryLines(): readonly string[] {
    const width =
      process.stdout.isTTY === true
        ? (process.stdout.columns || 80) - 26
        : Number.POSITIVE_INFINITY;
    const byRule = Map.groupBy(this.byId.values(), (alert) => alert.ruleId);
    const rows = [...byRule.entries()]
      .map(([ruleId, alerts]) => ({ ruleId, alerts, level: alerts[0]?.level ?? 'informational' }))
      .sort((a, b) => compareLevels(b.level, a.level))
      .map(({ ruleId, alerts, level }) => [
        levelWord(level, this.paint),
        shorten(this.titles.get(ruleId) ?? ruleId, width),
        count(alerts.length),
        count(alerts.reduce((sum, alert) => sum + alert.state.version, 0)),
      ]);
    if (rows.length === 0) return ['No alerts.'];
    const columns = [
      { title: 'level' },
      { title: 'rule' },
      { title: 'alerts', align: 'right' },
      { title: 'events', align: 'right' },
    ] as const;
    return tableLines(columns, rows, (text) => this.paint('dim', text));
  }
}
