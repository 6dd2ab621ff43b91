import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ServicesUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** What Maven Central calls a jar: group:artifact:version. */
export type Coordinate = `${string}:${string}:${string}`;

/** Where downloaded servers are kept between runs: TIDEGATE_SERVICES_CACHE, else the user's cache. */
export function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return process.env['TIDEGATE_SERVICES_CACHE'] ?? join(cache, 'tidegate-services');
}

/**
 * The folder that holds these artifacts and all that they need, downloaded with Maven on the first
 * call. Several processes may ask at once: each fills a folder of its own, the first to finish wins.
 */
export async function fetchJars(name: string, wanted: readonly Coordinate[]): Promise<string> {
  const folder = join(cacheFolder(), name);
  const jars = join(folder, 'lib');
  if (existsSync(jars)) return jars;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), `${name}-download-`));
  try {
    await writeFile(join(work, 'pom.xml'), projectOf(wanted));
    const arguments_ = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
    await run('mvn', arguments_, { cwd: work });
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(jars)) throw error;
    });
  } catch (cause) {
    throw new ServicesUnavailable(`Maven could not fetch ${name}: ${reasonOf(cause)}`, { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return jars;
}

function reasonOf(cause: unknown): string {
  const { code, stdout, message } = cause as { code?: unknown; stdout?: string; message: string };
  if (code === 'ENOENT') return 'mvn is not on the PATH';
  return /^\[ERROR\].*/m.exec(stdout ?? '')?.[0] ?? message;
}

function projectOf(wanted: readonly Coordinate[]): string {
  const dependencies = wanted.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>
      <version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
    <groupId>tidegate</groupId><artifactId>services</artifactId><version>1</version>
    <dependencies>${dependencies.join('')}</dependencies></project>`;
}
