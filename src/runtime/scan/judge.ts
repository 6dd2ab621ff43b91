import { createAlert, createAlerts } from '../../alert/alert.ts';
import { isAtLeast } from '../../alert/level.ts';
import type { Redactor } from '../../alert/redaction.ts';
import type { Failure } from '../../base/failure.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { Detection } from '../../engine/engine.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { Level } from '../../language/tree.ts';
import { openFile } from '../../sources/file.ts';
import type { DecodeCounts, Decoded } from '../decoding.ts';
import type { Detector } from '../detector.ts';
import { matchRecord } from '../match.ts';
import { decodingFile, mergeFiles } from '../merge.ts';
import { plainFailure } from '../workers/thread.ts';
import type { Finding, LogPlace } from './finding.ts';
import { Places, type ScanFile } from './places.ts';

/** What is asked of a scan: alerts, or every match of a rule with a record. */
export type ScanMode = 'alerts' | 'matches';

export interface JudgeOptions {
  readonly mode: ScanMode;
  readonly files: readonly ScanFile[];
  readonly detector: Detector;
  readonly decoder: Decoder;
  readonly redactor: Redactor;
  /** Alerts below it are not told of. */
  readonly minimumLevel: Level;
  readonly counts: DecodeCounts;
  /** In the order of their places. */
  readonly onFinding: (finding: Finding) => void;
  /** The first event of a host; without it hosts are not remembered. */
  readonly onHost?: (host: string) => void;
  /** Bytes read from all files so far, before decompression. */
  readonly onBytes: (bytes: number) => void;
  /** After each batch of records; the next one is read when it has resolved. */
  readonly onBatch: () => Promise<void>;
  /** When it aborts, judging ends after the current batch, and nothing more is told. */
  readonly signal?: AbortSignal;
}

/** Holds the rules against the files, which are read as one log, to their end. */
export async function judge(options: JudgeOptions): Promise<void> {
  await (options.mode === 'alerts' ? judgeAlerts(options) : judgeMatches(options));
}

async function judgeAlerts(options: JudgeOptions): Promise<void> {
  const { files, detector, decoder, signal } = options;
  const found = new FoundAlerts(options);
  const batches = mergeFiles({
    paths: files.map(({ path }) => path),
    decoder,
    onBytes: options.onBytes,
    onFailure: (failure) => found.unread(failure),
  });
  for await (const batch of batches) {
    for (const decoded of batch) options.counts.add(decoded);
    detector.engine.observe(found.arriving(batch), found.emit);
    found.tell();
    await options.onBatch();
    if (signal?.aborted === true) return;
  }
  found.end();
  detector.engine.advance(Number.POSITIVE_INFINITY, found.emit);
  found.tell();
  await options.onBatch();
}

const STATES: LogPlace = { part: 'states', time: 0, file: 0, line: 0 };

/** Knows the place of what the engine emits: that of the record which it was given last. */
class FoundAlerts {
  private readonly options: JudgeOptions;
  private readonly places: Places;
  private readonly hosts = new Map<string, LogPlace>();
  private place: LogPlace = { part: 'log', time: Number.NEGATIVE_INFINITY, file: 0, line: 0 };
  private isLogEnded = false;
  /** What is to be told, in order; alerts are made of detections when it is. */
  private found: (Finding | Opened)[] = [];
  private grown: Detection[] = [];

  constructor(options: JudgeOptions) {
    this.options = options;
    this.places = new Places(options.files);
  }

  /** The events of a batch, while places and refusals are noted. */
  *arriving(batch: readonly Decoded[]): Generator<TelemetryEvent> {
    const { onHost } = this.options;
    for (const decoded of batch) {
      const { record, problem } = decoded;
      this.place = this.places.of(decoded);
      if (problem !== undefined) {
        this.found.push({ kind: 'refused', place: this.place, refusal: { record, problem } });
      }
      for (const event of decoded.events) {
        if (onHost !== undefined && !this.hosts.has(event.host)) {
          this.hosts.set(event.host, this.place);
          onHost(event.host);
        }
        yield event;
      }
    }
  }

  readonly emit = (detection: Detection): void => {
    if (!isAtLeast(detection.rule.level, this.options.minimumLevel)) return;
    if (detection.phase === 'grown') this.grown.push(detection);
    else this.found.push({ kind: 'detection', place: this.placeOf(detection), detection });
  };

  unread(failure: Failure): void {
    this.found.push({ kind: 'unread', place: this.place, failure: plainFailure(failure) });
  }

  /** The log has ended: from here on hosts are finished in the order in which they were first seen. */
  end(): void {
    this.isLogEnded = true;
  }

  /** Tells of what was emitted since the last time. A burst that grows a thousand times is told once. */
  tell(): void {
    const { onFinding, redactor } = this.options;
    for (const found of this.found) {
      onFinding(found.kind === 'detection' ? openedFinding(found, redactor) : found);
    }
    for (const alert of createAlerts(this.grown, { redactor })) {
      onFinding({ kind: 'grown', place: STATES, alert });
    }
    this.found = [];
    this.grown = [];
  }

  private placeOf(detection: Detection): LogPlace {
    if (!this.isLogEnded) return this.place;
    return { ...(this.hosts.get(detection.host) ?? this.place), part: 'end' };
  }
}

interface Opened {
  readonly kind: 'detection';
  readonly place: LogPlace;
  readonly detection: Detection;
}

function openedFinding({ place, detection }: Opened, redactor: Redactor): Finding {
  const mayGrow = detection.episodeStart !== undefined || detection.rule.suppress !== undefined;
  return { kind: 'opened', place, alert: createAlert(detection, { redactor }), mayGrow };
}

/** Every (record, rule) pair that matches, file after file. */
async function judgeMatches(options: JudgeOptions): Promise<void> {
  const { detector, decoder, counts, onFinding, signal } = options;
  const hosts = new Set<string>();
  let bytesBefore = 0;
  for (const { path, order } of options.files) {
    let place: LogPlace = { part: 'log', time: 0, file: order, line: 0 };
    let bytes = 0;
    const onBytes = (read: number): void => {
      bytes = read;
      options.onBytes(bytesBefore + read);
    };
    const onFailure = (failure: Failure): void =>
      onFinding({ kind: 'unread', place, failure: plainFailure(failure) });
    for await (const batch of decodingFile(openFile({ path, onBytes }), { decoder, onFailure })) {
      for (const decoded of batch) {
        const { record, problem, events } = decoded;
        place = { ...place, line: Math.max(place.line, record.position.offset) };
        counts.add(decoded);
        if (problem !== undefined) {
          onFinding({ kind: 'refused', place, refusal: { record, problem } });
        }
        for (const { host } of events) {
          if (options.onHost === undefined || hosts.has(host)) continue;
          hosts.add(host);
          options.onHost(host);
        }
        matchRecord(detector, decoded, ({ rule }, { time, position }) => {
          const { source, offset: line } = position;
          const { id: ruleId, title, level } = rule;
          const match = { ruleId, title, level, time, source, line };
          onFinding({ kind: 'match', place, match });
        });
      }
      await options.onBatch();
      if (signal?.aborted === true) return;
    }
    bytesBefore += bytes;
  }
}
