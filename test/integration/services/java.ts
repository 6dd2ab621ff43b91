import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ServicesUnavailable } from './unavailable.ts';

/** Where distributions and installers put JDKs; each holds one folder per JDK. */
const FOLDERS = [
  '/usr/lib/jvm',
  '/usr/java',
  '/opt',
  '/opt/java',
  '/Library/Java/JavaVirtualMachines',
  `${process.env['HOME'] ?? ''}/.sdkman/candidates/java`,
  `${process.env['HOME'] ?? ''}/.jdks`,
];

/** A JDK: its home folder and the number of its Java version. */
export interface Jdk {
  readonly home: string;
  readonly version: number;
}

/**
 * The newest JDK that is at least this version: TIDEGATE_JAVA_HOME and JAVA_HOME win if they fit, then
 * the usual folders and the PATH are looked through.
 */
export function findJdk(versionMin: number): Jdk {
  for (const name of ['TIDEGATE_JAVA_HOME', 'JAVA_HOME']) {
    const named = jdkAt(process.env[name] ?? '');
    if (named !== undefined && named.version >= versionMin) return named;
  }
  const found = candidates()
    .map(jdkAt)
    .filter((jdk) => jdk !== undefined && jdk.version >= versionMin)
    .toSorted((a, b) => (b?.version ?? 0) - (a?.version ?? 0));
  const [newest] = found;
  if (newest !== undefined) return newest;
  throw new ServicesUnavailable(`no JDK ${versionMin} or newer (set TIDEGATE_JAVA_HOME)`);
}

function candidates(): readonly string[] {
  const installed = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [
      join(folder, name),
      join(folder, name, 'Contents/Home'),
    ]),
  );
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, '..'));
  return [...installed, ...onPath];
}

function jdkAt(home: string): Jdk | undefined {
  if (home === '' || !existsSync(join(home, 'bin/javac'))) return undefined;
  const version = versionFromRelease(home) ?? versionFromJavac(home);
  return version === undefined ? undefined : { home, version };
}

// A JDK's `release` file saves starting it; distributions leave it out now and then.
function versionFromRelease(home: string): number | undefined {
  const release = join(home, 'release');
  if (!existsSync(release)) return undefined;
  return firstNumber(/^JAVA_VERSION="(.*)"/m.exec(readFileSync(release, 'utf8'))?.[1]);
}

function versionFromJavac(home: string): number | undefined {
  try {
    return firstNumber(execFileSync(join(home, 'bin/javac'), ['-version'], { encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

function firstNumber(text: string | undefined): number | undefined {
  const digits = /\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}
