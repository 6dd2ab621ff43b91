import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

import { Failure } from '../base/failure.ts';

const OUTPUT_BYTES_MAX = 64 << 20;

function git(
  folder: string,
  args: readonly string[],
): { readonly ok: boolean; readonly text: string } {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (error !== undefined) throw failure(`git can not be run: ${error.message}`);
  return status === 0 ? { ok: true, text: stdout } : { ok: false, text: stderr.trim() };
}

function failure(message: string): Failure {
  return new Failure('source_unreadable', { message, retryable: false });
}

/** The top folder of the git repository around a file or folder. */
function topOf(path: string): string {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const found = git(resolve(folder), ['rev-parse', '--show-toplevel']);
  if (!found.ok) throw failure(`${path}: not in a git repository`);
  return found.text.trim();
}

/** A file's text at a commit; undefined where the commit has no such file. */
export function textAt(file: string, ref: string): string | undefined {
  const top = topOf(file);
  const known = git(top, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  if (!known.ok) throw failure(`'${ref}' is neither a file nor a commit of the repository`);
  const commit = known.text.trim();
  const path = relative(top, resolve(file)).replaceAll('\\', '/');
  const found = git(top, ['show', `${commit}:${path}`]);
  return found.ok ? found.text : undefined;
}

/** Files below these places that differ from a commit, new ones that git does not know yet too. */
export function changedFiles(places: readonly string[], ref: string): readonly string[] {
  return [...new Set(places.flatMap((place) => changedBelow(place, ref)))].sort();
}

function changedBelow(place: string, ref: string): readonly string[] {
  const top = topOf(place);
  const diff = git(top, [
    'diff',
    '--name-only',
    '--diff-filter=d',
    '-z',
    ref,
    '--',
    resolve(place),
  ]);
  if (!diff.ok) throw failure(`git diff ${ref}: ${diff.text}`);
  const fresh = git(top, [
    'ls-files',
    '--others',
    '--exclude-standard',
    '-z',
    '--',
    resolve(place),
  ]);
  return [...diff.text.split('\0'), ...fresh.text.split('\0')]
    .filter((path) => path !== '')
    .map((path) => resolve(top, path));
}
