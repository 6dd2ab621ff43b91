import { sourceKinds } from '../../sources/index.ts';
import type { Config, SourceConfig } from '../config/config.ts';

/** True if there is something that several workers can share. */
export function canBeShared({ sources }: Config): boolean {
  return sources.some(isShared);
}

/**
 * The part of a configuration that a worker has: all have the shared sources, the first one has
 * everything else that is to be done once. Its status is asked for by whoever started it.
 *
 * @param worker Its number, from 1.
 */
export function configOfWorker(config: Config, worker: number): Config {
  const own = { ...config, listen: undefined };
  if (worker === 1) return own;
  return {
    ...own,
    sources: config.sources.filter(isShared),
    secondary: [],
    deadLetterPath: withNumber(config.deadLetterPath, worker),
  };
}

function isShared({ kind }: SourceConfig): boolean {
  return sourceKinds.find(({ name }) => name === kind)?.isShared === true;
}

// `dead-letter.ndjson` becomes `dead-letter.2.ndjson`: a file is put aside by one process.
function withNumber(path: string, worker: number): string {
  const extension = /\.[a-z]+$/.exec(path)?.[0] ?? '';
  return `${path.slice(0, path.length - extension.length)}.${String(worker)}${extension}`;
}
