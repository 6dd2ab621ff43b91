/** The tasks that a member holds, sent along when it joins. */
export interface Claims {
  /** Of the round in which they were dealt; 0 if none are claimed. */
  readonly generation: number;
  readonly tasks: readonly number[];
}

/** A member with its claims. */
export interface MemberClaims extends Claims {
  readonly member: string;
}

const VERSION = 1;
const TASKS_MAX = 100_000;

/** As bytes for a member's user data. */
export function encodeClaims({ generation, tasks }: Claims): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, generation, tasks }));
}

/** Reads a member's user data. What is not understood claims nothing, so its tasks are dealt anew. */
export function decodeClaims(bytes: Uint8Array | null | undefined): Claims {
  const nothing: Claims = { generation: 0, tasks: [] };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes ?? []).toString());
  } catch {
    return nothing;
  }
  if (typeof value !== 'object' || value === null) return nothing;
  const { version, generation, tasks } = value as Readonly<Record<string, unknown>>;
  const isSound =
    version === VERSION &&
    Number.isSafeInteger(generation) &&
    Array.isArray(tasks) &&
    tasks.length <= TASKS_MAX &&
    tasks.every((task) => Number.isSafeInteger(task));
  return isSound ? { generation: generation as number, tasks: tasks as number[] } : nothing;
}
