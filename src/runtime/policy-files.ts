import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { RuleOverride } from '../policy/overrides.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicy } from '../policy/read.ts';

/** Reads the list files of these folders, sorted by name within a folder; later folders win. */
export function loadPolicy(folders: readonly string[]): {
  readonly policy: Policy;
  readonly overrides: readonly RuleOverride[];
  readonly problems: readonly RuleProblem[];
} {
  const files = folders.flatMap((folder) => listFiles(folder));
  return readPolicy(files.map((path) => ({ path, text: readFileSync(path, 'utf8') })));
}

function listFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Failure('source_unreadable', {
      message: `${folder}: no such folder of lists`,
      retryable: false,
    });
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml') || name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}
