import type { Position } from '../../event/record.ts';
import type { Assignment, Revocation } from '../source.ts';
import type { KafkaInput } from './input.ts';

/** One task while it is ours. */
export class KafkaTask implements Assignment {
  readonly task: number;
  readonly tasks: number;
  readonly generation: number;
  readonly inputs: readonly KafkaInput[];
  readonly revoked: AbortSignal;
  private readonly abort = new AbortController();
  private readonly commit: (positions: readonly Position[]) => Promise<void>;
  private readonly onReleased: (task: KafkaTask) => void;
  private isReleased = false;
  private limit: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly task: number;
    readonly tasks: number;
    readonly generation: number;
    readonly inputs: (revoked: AbortSignal) => readonly KafkaInput[];
    readonly commit: (positions: readonly Position[]) => Promise<void>;
    readonly onReleased: (task: KafkaTask) => void;
  }) {
    this.task = options.task;
    this.tasks = options.tasks;
    this.generation = options.generation;
    this.revoked = this.abort.signal;
    this.inputs = options.inputs(this.revoked);
    this.commit = options.commit;
    this.onReleased = options.onReleased;
  }

  acknowledge(positions: readonly Position[]): Promise<void> {
    return this.revoked.reason === 'lost' ? Promise.resolve() : this.commit(positions);
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    clearTimeout(this.limit);
    this.revoke('closed', 0);
    this.onReleased(this);
  }

  /** Takes it away; it counts as released after this time even if nobody says so. */
  revoke(reason: Revocation, releaseMsMax: number): void {
    if (this.revoked.aborted) return;
    this.abort.abort(reason);
    if (!this.isReleased) this.limit = setTimeout(() => this.release(), releaseMsMax);
  }
}
