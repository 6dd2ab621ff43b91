import type { MemberClaims } from './claims.ts';

/** Which tasks each member has after a round. */
export type Deal = ReadonlyMap<string, readonly number[]>;

/**
 * Deals tasks out to the members of a group: evenly, and so that as many as possible stay where their
 * state is. A task that has to move is given to nobody as long as its holder claims it: the holder
 * sees that it is gone, writes its last checkpoint, claims it no more, and in the next round it is
 * free (the incremental way of KIP-429, which holds whatever the client library does between rounds).
 *
 * Two members that claim one task have been apart: the later round holds.
 */
export function dealTasks(members: readonly MemberClaims[], taskCount: number): Deal {
  const holders = holdersOf(members, taskCount);
  const targets = targetsOf(members, holders, taskCount);
  const deal = new Map<string, number[]>(members.map(({ member }) => [member, []]));
  for (const [task, target] of targets.entries()) {
    const holder = holders.get(task);
    if (holder === undefined || holder === target) deal.get(target)?.push(task);
  }
  return deal;
}

function holdersOf(members: readonly MemberClaims[], taskCount: number): Map<number, string> {
  const holders = new Map<number, string>();
  // Of equal rounds the member of the lesser name holds: any rule will do that all agree on.
  const inOrder = members.toSorted(
    (a, b) => b.generation - a.generation || (a.member < b.member ? -1 : 1),
  );
  for (const { member, tasks } of inOrder) {
    for (const task of tasks) {
      if (task >= 0 && task < taskCount && !holders.has(task)) holders.set(task, member);
    }
  }
  return holders;
}

/** The member that each task should be with: its holder as far as that is fair. */
function targetsOf(
  members: readonly MemberClaims[],
  holders: ReadonlyMap<number, string>,
  taskCount: number,
): readonly string[] {
  const names = members.map(({ member }) => member).toSorted();
  if (names.length === 0) return [];
  const held = new Map<string, number>(names.map((name) => [name, 0]));
  for (const name of holders.values()) held.set(name, (held.get(name) ?? 0) + 1);
  const room = roomOf(names, held, taskCount);
  const targets: (string | undefined)[] = Array.from({ length: taskCount }, (_, task) => {
    const holder = holders.get(task);
    return holder !== undefined && take(room, holder) ? holder : undefined;
  });
  return targets.map((target) => {
    if (target !== undefined) return target;
    const free = names.find((name) => (room.get(name) ?? 0) > 0) ?? names[0] ?? '';
    take(room, free);
    return free;
  });
}

/** How many tasks each member may have: equal shares, the larger ones to those that hold most. */
function roomOf(
  names: readonly string[],
  held: ReadonlyMap<string, number>,
  taskCount: number,
): Map<string, number> {
  const share = Math.floor(taskCount / names.length);
  const larger = taskCount % names.length;
  const byHeld = names.toSorted((a, b) => (held.get(b) ?? 0) - (held.get(a) ?? 0));
  return new Map(byHeld.map((name, index) => [name, index < larger ? share + 1 : share]));
}

function take(room: Map<string, number>, name: string): boolean {
  const left = room.get(name) ?? 0;
  if (left > 0) room.set(name, left - 1);
  return left > 0;
}
