import { createRedactor } from '../../alert/redaction.ts';
import { assert } from '../../base/assert.ts';
import type { DecodeReason } from '../../event/problem.ts';
import { DecodeCounts } from '../decoding.ts';
import { restarted } from '../detector.ts';
import { serve } from '../workers/serve.ts';
import { comparePlaces, HELD_ALERTS_MAX, type Finding, type LogPlace } from './finding.ts';
import { judge } from './judge.ts';
import {
  decoderNamed,
  hasMemory,
  isBoundToHosts,
  loadScanRules,
  type LoadedRulesSummary,
  type ScanProgress,
  type ScanSettings,
  type ScanStatistics,
} from './scan.ts';
import { SpoolWriter, type SpoolRange } from './spool.ts';
import type { ScanTask } from './tasks.ts';

/** What a worker is told. */
export type ScanOrder =
  | { readonly kind: 'judge'; readonly task: ScanTask }
  /** The task that is under way is void. */
  | { readonly kind: 'drop' };

/** What a worker starts from. */
export interface ScanWorkerData {
  readonly settings: ScanSettings;
  /** Descriptor of the spool file that is its own. */
  readonly spool: number;
}

/** How far a task is. */
export interface TaskProgress extends ScanProgress {
  /** See `EngineStatistics`. */
  readonly fullest: number;
}

/** What a task came to. */
export interface TaskResult {
  readonly findings: SpoolRange;
  readonly records: number;
  readonly events: number;
  readonly refused: ReadonlyMap<DecodeReason, number>;
  readonly statistics: ScanStatistics;
}

/** What a worker tells. */
export type ScanReport =
  | {
      readonly kind: 'ready';
      readonly rules: LoadedRulesSummary;
      readonly isBoundToHosts: boolean;
      readonly hasMemory: boolean;
    }
  | {
      readonly kind: 'progress';
      readonly task: number;
      readonly progress: TaskProgress;
      /** That turned up since the last report. */
      readonly hosts: readonly string[];
    }
  /** Without a result if the task was dropped. */
  | { readonly kind: 'ended'; readonly task: number; readonly result: TaskResult | undefined };

const REPORT_EVERY_MS = 50;

/** The latest state of each alert that is shown when it has grown. */
class LatestStates {
  private readonly held = new Set<string>();
  private readonly states = new Map<string, Finding>();

  /** True if this is a state, which is then kept here for as long as it is the latest. */
  take(finding: Finding): boolean {
    if (finding.kind === 'opened' && finding.mayGrow && this.held.size < HELD_ALERTS_MAX) {
      this.held.add(finding.alert.id);
    }
    if (finding.kind !== 'grown') return false;
    if (this.held.has(finding.alert.id)) this.states.set(finding.alert.id, finding);
    return true;
  }

  get all(): Iterable<Finding> {
    return this.states.values();
  }
}

serve<ScanWorkerData, ScanOrder, ScanReport>(({ settings, spool }, report) => {
  const decoder = decoderNamed(settings.inputFormat);
  const { detector: loaded, summary } = loadScanRules(settings, decoder);
  const redactor = createRedactor(settings.redactionKey);
  const remembers = hasMemory(loaded, settings.mode);
  let dropping = new AbortController();
  let spooled = 0;

  const work = async ({ id: task, files }: ScanTask): Promise<void> => {
    dropping = new AbortController();
    const { signal } = dropping;
    // Every task has trackers and windows of its own; the compiled rules stay.
    const detector = restarted(loaded, decoder);
    const findings = new SpoolWriter<Finding>(spool, spooled);
    const states = new LatestStates();
    const counts = new DecodeCounts();
    let place: LogPlace = { part: 'log', time: Number.NEGATIVE_INFINITY, file: 0, line: 0 };
    let bytesRead = 0;
    let found = 0;
    let hosts: string[] = [];
    let reportedAt = performance.now();
    const tell = (): void => {
      const { fullest } = detector.engine.statistics();
      const { records, events } = counts;
      report({
        kind: 'progress',
        task,
        progress: { bytesRead, records, events, found, fullest },
        hosts,
      });
      hosts = [];
      reportedAt = performance.now();
    };
    await judge({
      ...settings,
      files,
      detector,
      decoder,
      redactor,
      counts,
      signal,
      onFinding: (finding) => {
        if (finding.kind === 'opened' || finding.kind === 'match') found += 1;
        if (states.take(finding)) return;
        assert(comparePlaces(place, finding.place) <= 0, 'findings are told in order');
        place = finding.place;
        findings.add(finding);
      },
      ...(remembers ? { onHost: (host): unknown => hosts.push(host) } : {}),
      onBytes: (bytes) => {
        bytesRead = bytes;
      },
      onBatch: (): Promise<void> => {
        const now = performance.now();
        if (hosts.length > 0 || now - reportedAt > REPORT_EVERY_MS) tell();
        return Promise.resolve();
      },
    });
    tell();
    for (const state of states.all) findings.add(state);
    const range = findings.finish();
    spooled = range.to;
    const { records, events, refused } = counts;
    const { late, duplicates, clockSkewed, evicted } = detector.engine.statistics();
    const statistics = { late, duplicates, clockSkewed, evicted };
    const result = { findings: range, records, events, refused, statistics };
    report({ kind: 'ended', task, result: signal.aborted ? undefined : result });
  };

  report({
    kind: 'ready',
    rules: summary,
    isBoundToHosts: isBoundToHosts(loaded, settings.mode),
    hasMemory: remembers,
  });
  return (order) => {
    if (order.kind === 'judge') return work(order.task);
    dropping.abort();
    return undefined;
  };
});
