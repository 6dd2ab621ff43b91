import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EngineLimits } from '../engine/engine.ts';
import { isInForce } from '../policy/overrides.ts';
import { today } from './overrides.ts';
import { loadPolicy } from './policy-files.ts';
import { ruleFiles } from './rule-files.ts';

export interface EpochParts {
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly pipelines: readonly string[];
  readonly limits: EngineLimits;
}

// The places of overrides and exceptions that are no longer in force.
function expiredOverrides(lists: readonly string[]): readonly string[] {
  const day = today();
  return loadPolicy(lists)
    .overrides.flatMap((override) => [override, ...override.exceptions])
    .filter((each) => !isInForce(each, day))
    .map(({ place }) => `${place.file}:${String(place.line)}`);
}

/** Names one set of rules, lists and limits: a digest of what is in the files. */
export function epochOf({ rules, lists, pipelines, limits }: EpochParts): string {
  const hash = createHash('sha256');
  const files = [
    ...rules.flatMap((path) => ruleFiles(path)),
    ...lists.flatMap((folder) =>
      readdirSync(folder)
        .toSorted()
        .map((name) => join(folder, name)),
    ),
    ...pipelines,
  ];
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${String(bytes.length)}\n`).update(bytes);
  }
  // An override that ends changes the rules although no file does.
  const expired = expiredOverrides(lists);
  if (expired.length > 0) hash.update(JSON.stringify(expired));
  return hash.update(JSON.stringify(limits)).digest('hex').slice(0, 16);
}
