/** Exit codes that other tools rely on. */
export const EXIT = { ran: 0, failed: 1, usage: 2, found: 3 } as const;

/** A mistake in the call: one clear line and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
