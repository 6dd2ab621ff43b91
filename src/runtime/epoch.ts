import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EngineLimits } from '../engine/engine.ts';
import { ruleFiles } from './rule-files.ts';

export interface EpochParts {
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly pipelines: readonly string[];
  readonly limits: EngineLimits;
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
  return hash.update(JSON.stringify(limits)).digest('hex').slice(0, 16);
}
