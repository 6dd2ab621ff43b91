import { createAlerts, type Alert } from '../alert/alert.ts';
import { isAtLeast, levels } from '../alert/level.ts';
import { createRedactor } from '../alert/redaction.ts';
import type { EcsDocument } from '../event/event.ts';
import type { Level } from '../language/tree.ts';
import { detect } from '../runtime/detect.ts';
import { mergeFiles } from '../runtime/merge.ts';
import { redactionKey } from '../runtime/redaction-key.ts';
import { alertLine } from './alert-line.ts';
import { EXIT } from './exit.ts';
import { count, counted } from './format.ts';
import { totalBytes } from './input.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { RefusedRecords } from './refused.ts';
import type { ScanRun } from './scan-run.ts';
import type { ScanOptions } from './scan.ts';
import { reportScan } from './scan-summary.ts';
import { painter } from './terminal-text.ts';

/** Alerts with a window that are held back so that they print with their final count; then the oldest prints. */
const HELD_MAX = 10_000;

/** Prints alerts: those of single events at once, those of windows when the input has ended. */
export async function scanAlerts(run: ScanRun): Promise<number> {
  const { paths, decoder, detector, options, counts } = run;
  const output = new Output();
  const progress = new Progress(options.progress);
  const redactor = createRedactor(redactionKey(options.dataDir));
  await using refused = new RefusedRecords(options.dataDir);
  const printed = new PrintedAlerts(output, options);
  const bytesTotal = totalBytes(paths);
  let bytesRead = 0;
  const onBytes = (bytes: number): void => {
    bytesRead = bytes;
  };
  await detect({
    detector,
    counts,
    batches: mergeFiles({
      paths,
      decoder,
      onBytes,
      onFailure: (failure) => refused.addUnread(failure),
    }),
    minimumLevel: lower(options.minLevel, options.failOn),
    onRefused: (refusal) => refused.add(refusal),
    onDetections: async (detections) => {
      for (const alert of createAlerts(detections, { redactor })) printed.add(alert);
      progress.clear();
      await output.flush();
    },
    onBatch: async () => {
      await refused.flush();
      progress.update(() => ({
        share: bytesTotal === undefined ? undefined : bytesRead / bytesTotal,
        text: `${counted(counts.events, 'event')}, ${counted(printed.total, 'alert')}`,
      }));
    },
  });
  progress.clear();
  printed.finish();
  await output.flush();
  await reportScan(run, refused, printed.summary());
  if (refused.isIncomplete) return EXIT.failed;
  return options.failOn !== undefined && printed.reached(options.failOn) ? EXIT.found : EXIT.ran;
}

// What is not shown must still be able to fail the run.
function lower(shown: Level, failing: Level | undefined): Level {
  return failing !== undefined && isAtLeast(shown, failing) ? failing : shown;
}

class PrintedAlerts {
  private readonly output: Output;
  private readonly options: Pick<ScanOptions, 'output' | 'minLevel'>;
  private readonly paint = painter(process.stdout);
  private readonly held = new Map<string, Alert>();
  private readonly byLevel = new Map<Level, number>();

  constructor(output: Output, options: Pick<ScanOptions, 'output' | 'minLevel'>) {
    this.output = output;
    this.options = options;
  }

  get total(): number {
    let total = 0;
    for (const alerts of this.byLevel.values()) total += alerts;
    return total;
  }

  add(alert: Alert): void {
    const before = this.held.get(alert.id);
    if (alert.document !== undefined && before === undefined) {
      this.byLevel.set(alert.level, (this.byLevel.get(alert.level) ?? 0) + 1);
    }
    if (alert.state.value === undefined && before === undefined) {
      this.print(alert);
      return;
    }
    // A grown alert has no document of its own: it takes that of its opening.
    this.held.set(alert.id, { ...alert, document: alert.document ?? before?.document });
    if (this.held.size > HELD_MAX) this.printOldest();
  }

  finish(): void {
    while (this.held.size > 0) this.printOldest();
  }

  reached(floor: Level): boolean {
    return [...this.byLevel.keys()].some((level) => isAtLeast(level, floor));
  }

  summary(): string {
    const parts = levels
      .toReversed()
      .filter((level) => this.byLevel.has(level))
      .map((level) => `${count(this.byLevel.get(level) ?? 0)} ${level}`);
    const detail = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
    return `${counted(this.total, 'alert')}${detail}`;
  }

  private printOldest(): void {
    for (const [id, alert] of this.held) {
      this.print(alert);
      this.held.delete(id);
      return;
    }
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
