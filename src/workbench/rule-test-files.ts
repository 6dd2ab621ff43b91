import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';
import { filesBelow } from '../runtime/rule-files.ts';
import type { RuleTests } from './rule-test.ts';

const TEST_ENDING = '.test.yml';

/** The test files below these folders, of these rules or named themselves, in order of path. */
export function findTestFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) {
      const test = path.endsWith(TEST_ENDING) ? path : path.replace(/\.ya?ml$/, TEST_ENDING);
      return existsSync(test) ? [test] : [];
    }
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(TEST_ENDING))
      .sort()
      .map((name) => join(path, name));
  });
}

/** A test file with the rules that it is about. */
export function readRuleTests(testPath: string): RuleTests {
  const rules = `${testPath.slice(0, -TEST_ENDING.length)}.yml`;
  return { rules: readText(rules), tests: readText(testPath) };
}

/** Every rule file below these folders that has tests beside it, in order of path. */
export function findRuleTests(paths: readonly string[]): readonly RuleTests[] {
  return findTestFiles(paths).map(readRuleTests);
}

/** Rule files below these folders that have no tests beside them. */
export function findUntestedRules(paths: readonly string[]): readonly string[] {
  return filesBelow(paths).filter((path) => !existsSync(path.replace(/\.ya?ml$/, TEST_ENDING)));
}

function readText(path: string): { readonly path: string; readonly text: string } {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    const message = `${path}: can not be read; a test file stands beside the rule file of its name`;
    throw new Failure('source_unreadable', { message, retryable: false, cause });
  }
}
