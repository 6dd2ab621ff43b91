import { plainValue, type FieldTest } from '../sigma-text.ts';

/** An event that a rule matched, in the fields that a filter may name. */
export interface Hit {
  readonly ruleId: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Tests that must all hold, and which hits they take out. */
export interface Exclusion {
  readonly tests: readonly FieldTest[];
  readonly holds: (hit: Hit) => boolean;
}

/** Fields that a filter may name, those that say most about a program first. */
export const FILTER_FIELDS: readonly string[] = [
  ...['Image', 'ParentImage', 'OriginalFileName', 'CommandLine', 'ParentCommandLine'],
  ...['TargetFilename', 'DestinationHostname', 'DestinationIp', 'QueryName', 'User'],
  ...['TargetObject', 'ImageLoaded', 'ScriptBlockText', 'cs-host', 'c-uri', 'c-useragent'],
];

/** Values longer than this are too particular for a filter. */
const VALUE_MAX = 200;
const ROUNDS_MAX = 8;

/**
 * Chooses exclusions that take out hits of false alarms and none of true ones: the one that takes out most,
 * again and again. A value stands for itself, for its folder, and in a pair with a program.
 */
export function chooseExclusions(
  falseHits: readonly Hit[],
  trueHits: readonly Hit[],
): readonly Exclusion[] {
  const candidates = candidatesOf(falseHits).filter(
    (candidate) => !trueHits.some((hit) => candidate.holds(hit)),
  );
  const chosen: Exclusion[] = [];
  let left = falseHits;
  for (let round = 0; round < ROUNDS_MAX && left.length > 0; round += 1) {
    let best: Exclusion | undefined;
    let most = 0;
    for (const candidate of candidates) {
      const taken = left.filter((hit) => candidate.holds(hit)).length;
      // Of equals the first stands: whole values before folders, programs before what they touch.
      if (taken > most) {
        best = candidate;
        most = taken;
      }
    }
    if (best === undefined) break;
    const { holds } = best;
    chosen.push(best);
    left = left.filter((hit) => !holds(hit));
  }
  return chosen;
}

function candidatesOf(hits: readonly Hit[]): readonly Exclusion[] {
  const single = new Map<string, Exclusion>();
  for (const field of FILTER_FIELDS) {
    for (const { values } of hits) {
      const value = values.get(field);
      if (value === undefined || value === '' || value.length > VALUE_MAX) continue;
      add(single, whole(field, value));
      const folder = folderOf(value);
      if (folder !== undefined) add(single, below(field, folder));
    }
  }
  const all = [...single.values()];
  const programs = all.filter(({ tests }) => tests[0]?.key === 'Image');
  const pairs = programs.flatMap((program) =>
    all
      .filter(({ tests }) => tests[0]?.key.startsWith('Image') === false)
      .map((other) => both(program, other)),
  );
  return [...all, ...pairs];
}

function add(known: Map<string, Exclusion>, exclusion: Exclusion): void {
  const name = JSON.stringify(exclusion.tests);
  if (!known.has(name)) known.set(name, exclusion);
}

function whole(field: string, value: string): Exclusion {
  const folded = value.toLowerCase();
  return {
    tests: [{ key: field, values: [plainValue(value)] }],
    holds: ({ values }) => values.get(field)?.toLowerCase() === folded,
  };
}

function below(field: string, folder: string): Exclusion {
  const folded = folder.toLowerCase();
  return {
    tests: [{ key: `${field}|startswith`, values: [plainValue(folder)] }],
    holds: ({ values }) => values.get(field)?.toLowerCase().startsWith(folded) === true,
  };
}

function both(one: Exclusion, other: Exclusion): Exclusion {
  return {
    tests: [...one.tests, ...other.tests],
    holds: (hit) => one.holds(hit) && other.holds(hit),
  };
}

// A folder near the root would excuse half a disk.
function folderOf(value: string): string | undefined {
  if (!/^(?:[A-Za-z]:)?[\\/]/.test(value)) return undefined;
  const end = Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\'));
  const folder = value.slice(0, end + 1);
  return folder.split(/[\\/]/).length > 4 ? folder : undefined;
}
