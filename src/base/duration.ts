const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  // Mean month and year of the Gregorian calendar, as pySigma counts them.
  ['M', 2_629_746_000],
  ['y', 31_556_952_000],
]);

/** Milliseconds of `<whole number><unit>` with unit ms, s, m, h, d, w, M (month) or y; else undefined. */
export function parseDurationMs(text: string): number | undefined {
  const found = /^([0-9]{1,12})(ms|[smhdwMy])$/.exec(text);
  if (found === null) return undefined;
  const total = Number(found[1]) * (unitMs.get(found[2] ?? '') ?? Number.NaN);
  return Number.isSafeInteger(total) ? total : undefined;
}
