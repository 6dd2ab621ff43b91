import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { RuleTests } from './rule-test.ts';

const TEST_ENDING = '.test.yml';

/** Every rule file below these folders that has tests beside it, in order of path. */
export function findRuleTests(folders: readonly string[]): readonly RuleTests[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(TEST_ENDING))
      .sort()
      .map((name) => {
        const path = join(folder, name);
        const rules = `${path.slice(0, -TEST_ENDING.length)}.yml`;
        return { rules: readText(rules), tests: readText(path) };
      }),
  );
}

/** Rule files below these folders that have no tests beside them. */
export function findUntestedRules(folders: readonly string[]): readonly string[] {
  const tested = new Set(findRuleTests(folders).map(({ rules }) => rules.path));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml') && !name.endsWith(TEST_ENDING))
      .map((name) => join(folder, name))
      .filter((path) => !tested.has(path)),
  );
}

function readText(path: string): { readonly path: string; readonly text: string } {
  return { path, text: readFileSync(path, 'utf8') };
}
