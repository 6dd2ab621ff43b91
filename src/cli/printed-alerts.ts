import type { Alert } from '../alert/alert.ts';
import { isAtLeast, levels } from '../alert/level.ts';
import type { EcsDocument } from '../event/event.ts';
import type { Level } from '../language/tree.ts';
import { HELD_ALERTS_MAX } from '../runtime/scan/finding.ts';
import { alertLine } from './alert-line.ts';
import { count, counted } from './format.ts';
import type { Output } from './output.ts';
import type { ScanOptions } from './scan.ts';
import { painter } from './terminal-text.ts';

/** Prints alerts that can not grow at once, and the others with their final count when the input has ended. */
export class PrintedAlerts {
  private readonly output: Output;
  private readonly options: Pick<ScanOptions, 'output' | 'minLevel'>;
  private readonly paint = painter(process.stdout);
  private readonly held = new Map<string, Alert>();
  private readonly byLevel = new Map<Level, number>();

  constructor(output: Output, options: Pick<ScanOptions, 'output' | 'minLevel'>) {
    this.output = output;
    this.options = options;
  }

  /** Takes an alert as it opened. */
  open(alert: Alert, mayGrow: boolean): void {
    this.byLevel.set(alert.level, (this.byLevel.get(alert.level) ?? 0) + 1);
    if (mayGrow && this.held.size < HELD_ALERTS_MAX) this.held.set(alert.id, alert);
    else this.print(alert);
  }

  /** Takes the state of an alert that has grown: it has no document of its own. */
  grow(alert: Alert): void {
    const opened = this.held.get(alert.id);
    if (opened !== undefined) this.held.set(alert.id, { ...alert, document: opened.document });
  }

  finish(): void {
    for (const alert of this.held.values()) this.print(alert);
    this.held.clear();
  }

  reached(floor: Level): boolean {
    return [...this.byLevel.keys()].some((level) => isAtLeast(level, floor));
  }

  summary(): string {
    let total = 0;
    for (const alerts of this.byLevel.values()) total += alerts;
    const parts = levels
      .toReversed()
      .filter((level) => this.byLevel.has(level))
      .map((level) => `${count(this.byLevel.get(level) ?? 0)} ${level}`);
    const detail = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
    return `${counted(total, 'alert')}${detail}`;
  }

  private print(alert: Alert): void {
    if (alert.document === undefined || !isAtLeast(alert.level, this.options.minLevel)) return;
    const line =
      this.options.output === 'table'
        ? alertLine(alert, this.paint, titleOf(alert.document))
        : JSON.stringify(withState(alert.document, alert));
    this.output.line(line);
  }
}

/** The alert's document with what its state knows by now: end, count, value, evidence and sentence. */
function withState(document: EcsDocument, alert: Alert): EcsDocument {
  const { version, lastSeen, value, sentence, evidence } = alert.state;
  const event = document['event'] as EcsDocument;
  const tidegate = document['tidegate'] as EcsDocument;
  return {
    ...document,
    event: { ...event, reason: sentence, end: new Date(lastSeen).toISOString() },
    tidegate: { ...tidegate, count: version, ...(value === undefined ? {} : { value }), evidence },
  };
}

function titleOf(document: EcsDocument): string {
  const rule = document['rule'] as { readonly name?: string } | undefined;
  return rule?.name ?? '';
}
