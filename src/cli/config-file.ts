import { readFileSync } from 'node:fs';

import type { Config } from '../runtime/config/config.ts';
import { readConfig, type ReadConfig } from '../runtime/config/read.ts';
import { processSurroundings } from '../runtime/config/variables.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { painter, printable } from './terminal-text.ts';

/** The file that is read when none is named. */
export const DEFAULT_CONFIG = 'tidegate.yml';

export const CONFIG_HELP = 'the configuration file';

/** Reads a configuration file with this process' environment. */
export function readConfigFile(path: string): ReadConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'it can not be read';
    const words = code === 'ENOENT' ? 'no such file' : code;
    throw new UsageError(`${path}: ${words}; \`tidegate config --help\` shows what it holds`);
  }
  return readConfig(text, processSurroundings);
}

/** The configuration, or what is wrong with it on standard error and a usage failure. */
export function usableConfig(path: string): Config {
  const { config, problems } = readConfigFile(path);
  if (config !== undefined) return config;
  reportConfigProblems(path, problems);
  throw new UsageError(`${path}: ${counted(problems.length, 'problem')}; nothing was started`);
}

/** One line per problem, with its place. */
export function reportConfigProblems(path: string, problems: ReadConfig['problems']): number {
  const paint = painter(process.stderr);
  for (const { line, column, message } of problems) {
    const place = printable(`${path}:${String(line)}:${String(column)}`);
    process.stderr.write(`${place}: ${paint('red', 'error')} ${printable(message)}\n`);
  }
  return problems.length === 0 ? EXIT.ran : EXIT.failed;
}
