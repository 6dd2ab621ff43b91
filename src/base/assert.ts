/** Ends the process' work on a bug: a state that the code promises can not occur. Stays on in production. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable value: ${String(value)}`);
}

/** A bug in Tidegate itself, never bad input: nothing catches it but the outermost frame. */
export class AssertionFailure extends Error {
  override readonly name: string = 'AssertionFailure';
}
