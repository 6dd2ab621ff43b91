import { assert } from '../../base/assert.ts';
import type { ScanFile } from './places.ts';

/** A file, and what its beginning tells. */
export interface PeekedFile extends ScanFile {
  readonly bytes: number;
  /** Hosts of its first events. */
  readonly hosts: readonly string[];
}

/** Files that one engine judges together. */
export interface ScanTask {
  readonly id: number;
  readonly files: readonly PeekedFile[];
}

interface Entry {
  readonly task: ScanTask;
  readonly bytes: number;
  readonly hosts: Set<string>;
  isStarted: boolean;
}

/**
 * Which files are judged together. A host's events must all come to one engine, in order, or windows and lineage
 * would miss some of them: files that begin with the same hosts are one task from the start, and two tasks in
 * which the same host turns up later become one, which begins anew. What they had found is void.
 */
export class TaskBoard {
  private readonly entries = new Map<number, Entry>();
  private readonly owners = new Map<string, number>();
  private readonly bytesTotal: number;
  private bytesWasted = 0;
  private tasks = 0;

  /** @param hasMemory False if files have nothing to do with each other, whatever their hosts are. */
  constructor(files: readonly PeekedFile[], hasMemory: boolean) {
    this.bytesTotal = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files) {
      const { task } = this.add([file], []);
      if (hasMemory) this.seen(task.id, file.hosts);
    }
  }

  /** Tasks that are not void. */
  get current(): readonly ScanTask[] {
    return [...this.entries.values()].map(({ task }) => task);
  }

  isVoid(id: number): boolean {
    return !this.entries.has(id);
  }

  /** Starts the largest task that waits. */
  start(): ScanTask | undefined {
    let largest: Entry | undefined;
    for (const entry of this.entries.values()) {
      if (entry.isStarted) continue;
      if (largest === undefined || entry.bytes > largest.bytes) largest = entry;
    }
    if (largest === undefined) return undefined;
    largest.isStarted = true;
    return largest.task;
  }

  /** Hosts turned up in a task; tasks that share one become one. */
  seen(id: number, hosts: readonly string[]): void {
    let owner = id;
    for (const host of hosts) {
      const other = this.owners.get(host);
      if (other !== undefined && other !== owner) owner = this.join([owner, other]);
      this.owners.set(host, owner);
      this.entries.get(owner)?.hosts.add(host);
    }
    // Beginning anew once more than there is to read would cost more than it can gain.
    if (this.bytesWasted > this.bytesTotal) this.joinAll();
  }

  /** All files become one task. */
  joinAll(): void {
    if (this.entries.size > 1) this.join([...this.entries.keys()]);
  }

  private join(ids: readonly number[]): number {
    const joined = ids.map((id) => {
      const entry = this.entries.get(id);
      assert(entry !== undefined, 'only tasks that are not void become one');
      this.entries.delete(id);
      if (entry.isStarted) this.bytesWasted += entry.bytes;
      return entry;
    });
    const files = joined.flatMap(({ task }) => task.files);
    files.sort((one, other) => one.order - other.order);
    const hosts = joined.flatMap((entry) => [...entry.hosts]);
    const { task } = this.add(files, hosts);
    for (const host of hosts) this.owners.set(host, task.id);
    return task.id;
  }

  private add(files: readonly PeekedFile[], hosts: readonly string[]): Entry {
    const id = this.tasks;
    this.tasks += 1;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const entry = { task: { id, files }, bytes, hosts: new Set(hosts), isStarted: false };
    this.entries.set(id, entry);
    return entry;
  }
}
