import fc from 'fast-check';

/** Seed of the generated cases of this run; `FC_SEED=<n>` repeats it. */
export const seed: number = Number(process.env['FC_SEED'] ?? fc.sample(fc.nat(), 1)[0]);

/** Checks a property under the printed seed. */
export function check<T>(property: fc.IProperty<T>, numRuns: number): void {
  fc.assert(property, { seed, numRuns });
}
