import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What runs the servers: containers where an engine answers, else JVMs. */
export type Engine = 'docker' | 'jvm';

let known: Promise<Engine> | undefined;

/** Docker if its engine answers, unless TIDEGATE_SERVICES says `jvm` or `docker`. */
export function chooseEngine(): Promise<Engine> {
  const named = process.env['TIDEGATE_SERVICES'];
  if (named === 'docker' || named === 'jvm') return Promise.resolve(named);
  known ??= run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 }).then(
    () => 'docker' as const,
    () => 'jvm' as const,
  );
  return known;
}

/**
 * A container that sees the host's network and one folder of it, under the same path: what runs in it
 * is configured exactly as the process outside would be. (Docker Desktop: switch on host networking.)
 */
export function containerArguments(options: {
  readonly name: string;
  readonly image: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: string;
  readonly args: readonly string[];
}): readonly string[] {
  const { name, image, folder, env = {}, entrypoint, args } = options;
  return [
    ...['run', '--rm', '--name', name, '--network', 'host'],
    ...['--user', `${process.getuid?.() ?? 1000}:${process.getgid?.() ?? 1000}`],
    ...['--volume', `${folder}:${folder}`],
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    image,
    ...args,
  ];
}
