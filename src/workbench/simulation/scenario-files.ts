import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { Failure } from '../../base/failure.ts';
import { readStory } from '../../simulation/story/read.ts';
import type { Story } from '../../simulation/story/story.ts';

/** The scenarios that come with the product. */
export const BUNDLED_SCENARIOS: string = resolve(
  import.meta.dirname,
  '../../../fixtures/scenarios',
);

/** What is wrong with a scenario file, and where. */
export interface ScenarioProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Scenarios that can be played, by name, and what keeps the others from it. */
export interface LoadedScenarios {
  readonly stories: readonly Story[];
  readonly problems: readonly ScenarioProblem[];
}

/** Reads scenario files, and all `*.yml` of folders. */
export function loadScenarios(paths: readonly string[]): LoadedScenarios {
  const stories: Story[] = [];
  const problems: ScenarioProblem[] = [];
  for (const file of paths.flatMap(filesOf)) {
    const name = basename(file).replace(/\.ya?ml$/, '');
    const read = readStory(name, readFileSync(file, 'utf8'));
    if (read.story !== undefined) stories.push(read.story);
    problems.push(...read.problems.map((problem) => ({ file, ...problem })));
  }
  stories.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { stories, problems };
}

function filesOf(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    const message = `${path}: no such file or folder of scenarios`;
    throw new Failure('source_unreadable', { message, retryable: false });
  }
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
