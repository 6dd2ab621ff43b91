import type { Outgoing } from '../../engine/engine.ts';
import type { EventTime } from '../../event/record.ts';

/** Where a task puts what other tasks have to see. Written again after a stop, nothing changes. */
export interface Outbox {
  /** When it resolves, the messages survive a crash. */
  send(messages: readonly Outgoing[]): Promise<void>;
  /**
   * Says to all that no message about a time before this comes any more; null while there is no host
   * to wait for. Messages that were sent before are read before.
   */
  tell(frontier: EventTime | null): Promise<void>;
}
