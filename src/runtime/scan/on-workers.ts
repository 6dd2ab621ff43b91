import { assert } from '../../base/assert.ts';
import { Heap, type HeapItem } from '../../base/heap.ts';
import { DecodeCounts } from '../decoding.ts';
import { moduleBeside, Thread } from '../workers/thread.ts';
import { comparePlaces, type Finding } from './finding.ts';
import type { Scan, ScanOutcome, ScanOutput, ScanProgress, ScanSettings } from './scan.ts';
import { closeSpoolFile, openSpoolFile, readSpool, type SpoolRange } from './spool.ts';
import { TaskBoard, type PeekedFile, type ScanTask } from './tasks.ts';
import type { ScanOrder, ScanReport, ScanWorkerData, TaskProgress, TaskResult } from './worker.ts';

const PROGRESS_EVERY_MS = 100;
/** Findings that are handed on before there is time to print. */
const BATCH_FINDINGS = 512;

type Ready = Extract<ScanReport, { kind: 'ready' }>;

/** One worker thread with its spool file. */
interface ScanWorker {
  readonly thread: Thread<ScanOrder, ScanReport>;
  readonly spool: number;
  task: ScanTask | undefined;
}

/**
 * A scan by several threads, each of which reads, decodes and judges files of its own. Findings are told when all
 * files have been judged, because until then a host may turn up in the files of two workers.
 */
export async function scanOnWorkers(
  settings: ScanSettings,
  files: readonly PeekedFile[],
  workers: number,
): Promise<Scan> {
  const crew = new Crew(settings, workers);
  try {
    const ready = await crew.ready;
    return {
      rules: ready.rules,
      note: ready.isBoundToHosts ? undefined : 'a rule counts across hosts',
      run: (output) => crew.run(files, ready, output),
      [Symbol.asyncDispose]: () => crew.dispose(),
    };
  } catch (error) {
    await crew.dispose();
    throw error;
  }
}

class Crew {
  /** What the first worker says of the rules; all load the same. */
  readonly ready: Promise<Ready>;
  private readonly workers: ScanWorker[] = [];
  private readonly results = new Map<number, TaskResult>();
  private readonly progress = new Map<number, TaskProgress>();
  private readonly failed = Promise.withResolvers<never>();
  private readonly judged = Promise.withResolvers<undefined>();
  private readonly first = Promise.withResolvers<Ready>();
  private board: TaskBoard | undefined;

  constructor(settings: ScanSettings, count: number) {
    this.ready = Promise.race([this.first.promise, this.failed.promise]);
    // Whoever waits is told; an error that comes when nobody waits any more is of no interest.
    this.failed.promise.catch(() => undefined);
    for (let number = 0; number < count; number += 1) this.hire(settings);
  }

  async run(
    files: readonly PeekedFile[],
    { isBoundToHosts, hasMemory }: Ready,
    output: ScanOutput,
  ): Promise<ScanOutcome> {
    this.board = new TaskBoard(files, hasMemory);
    if (!isBoundToHosts) this.board.joinAll();
    this.assign();
    while (!(await this.isJudged())) await output.onBatch(this.totalProgress());
    const results = this.board.current.map(({ id }) => {
      const result = this.results.get(id);
      assert(result !== undefined, 'every task has come to an end');
      return result;
    });
    await this.tell(results, output);
    return outcomeOf(results);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.workers.map(({ thread }) => thread[Symbol.asyncDispose]()));
    for (const { spool } of this.workers.splice(0)) closeSpoolFile(spool);
  }

  private hire(settings: ScanSettings): void {
    const spool = openSpoolFile();
    const data: ScanWorkerData = { settings, spool };
    const thread = new Thread<ScanOrder, ScanReport>({
      module: moduleBeside(import.meta.url, './worker'),
      data,
      onReport: (report) => this.take(worker, report),
      onError: (error) => this.failed.reject(error),
    });
    const worker: ScanWorker = { thread, spool, task: undefined };
    this.workers.push(worker);
  }

  /** False after a while, when it is time to show how far things are. */
  private async isJudged(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const later = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PROGRESS_EVERY_MS);
    });
    const judged = this.judged.promise.then(() => true);
    try {
      return await Promise.race([judged, later, this.failed.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private take(worker: ScanWorker, report: ScanReport): void {
    if (report.kind === 'ready') {
      this.first.resolve(report);
      return;
    }
    const { board } = this;
    assert(board !== undefined, 'a worker works when it was told to');
    if (report.kind === 'progress') {
      this.progress.set(report.task, report.progress);
      if (board.isVoid(report.task)) return;
      board.seen(report.task, report.hosts);
      if (this.fullest() > 1) board.joinAll();
    } else {
      worker.task = undefined;
      if (report.result !== undefined) this.results.set(report.task, report.result);
    }
    this.assign();
  }

  // Limits over all hosts hold for the scan, not for a task: beyond them one engine would forget.
  private fullest(): number {
    let sum = 0;
    for (const { id } of this.board?.current ?? []) sum += this.progress.get(id)?.fullest ?? 0;
    return sum;
  }

  private assign(): void {
    const { board } = this;
    if (board === undefined) return;
    for (const worker of this.workers) {
      if (worker.task !== undefined) {
        if (board.isVoid(worker.task.id)) worker.thread.order({ kind: 'drop' });
        continue;
      }
      const task = board.start();
      if (task === undefined) continue;
      worker.task = task;
      worker.thread.order({ kind: 'judge', task });
    }
    if (board.current.every(({ id }) => this.results.has(id))) this.judged.resolve(undefined);
  }

  private totalProgress(): ScanProgress {
    const total = { bytesRead: 0, records: 0, events: 0, found: 0 };
    for (const { id } of this.board?.current ?? []) {
      const progress = this.progress.get(id);
      if (progress === undefined) continue;
      total.bytesRead += progress.bytesRead;
      total.records += progress.records;
      total.events += progress.events;
      total.found += progress.found;
    }
    return total;
  }

  private async tell(results: readonly TaskResult[], output: ScanOutput): Promise<void> {
    let told = 0;
    for (const finding of inOrder(results.map(({ findings }) => findings))) {
      output.onFinding(finding);
      told += 1;
      if (told % BATCH_FINDINGS === 0) await output.onBatch(this.totalProgress());
    }
    await output.onBatch(this.totalProgress());
  }
}

interface Head extends HeapItem {
  readonly rest: Generator<Finding>;
  finding: Finding;
}

/** What several tasks found, in the order of the log; each task's findings are in order already. */
function* inOrder(ranges: readonly SpoolRange[]): Generator<Finding> {
  const heads = new Heap<Head>((one, other) => {
    return comparePlaces(one.finding.place, other.finding.place) < 0;
  });
  for (const range of ranges) {
    const rest = readSpool<Finding>(range);
    const first = rest.next();
    if (!first.done) heads.push({ slot: -1, rest, finding: first.value });
  }
  for (let top = heads.top; top !== undefined; top = heads.top) {
    yield top.finding;
    const next = top.rest.next();
    if (next.done) {
      heads.remove(top);
    } else {
      top.finding = next.value;
      heads.moved(top);
    }
  }
}

function outcomeOf(results: readonly TaskResult[]): ScanOutcome {
  const counts = new DecodeCounts();
  const statistics = { late: 0, duplicates: 0, clockSkewed: 0, evicted: 0 };
  for (const { records, events, refused, statistics: of } of results) {
    counts.records += records;
    counts.events += events;
    for (const [reason, count] of refused) {
      counts.refused.set(reason, (counts.refused.get(reason) ?? 0) + count);
    }
    statistics.late += of.late;
    statistics.duplicates += of.duplicates;
    statistics.clockSkewed += of.clockSkewed;
    statistics.evicted += of.evicted;
  }
  return { counts, statistics };
}
