import { writeFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';

import type { Command } from 'commander';

import { maskedValues } from '../runtime/config/mask.ts';
import type { ReadConfig } from '../runtime/config/read.ts';
import { fail, ok, type Finding } from '../runtime/doctor/finding.ts';
import { checkMachine } from '../runtime/doctor/machine.ts';
import { checkServices } from '../runtime/doctor/services.ts';
import { productVersion } from '../runtime/product.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT } from './exit.ts';
import { counted } from './format.ts';
import { painter, printable } from './terminal-text.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly dataDir: string;
  readonly json: boolean;
  readonly support?: string;
}

/** `tidegate doctor`: is there all that the service needs, and what to do where it is not. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look whether the machine and all that a configuration names are as they must be')
    .option('-c, --config <file>', 'look at what this configuration names too')
    .option('--data-dir <dir>', 'where state is kept, without a configuration', '.tidegate')
    .option('--json', 'print the findings as JSON', false)
    .option('--support <file>', 'write a bundle for whoever helps: no secrets and no telemetry')
    .addHelpText(
      'after',
      `
It writes nothing but the data folder, if that is not there. Exit codes: 0 all that is needed is there
(warnings are told), 1 something is not, 2 wrong usage.

Examples:
  tidegate doctor
  tidegate doctor -c tidegate.yml --support support.json`,
    )
    .action(async (options: DoctorOptions) => {
      process.exitCode = await doctor(options);
    });
}

async function doctor(options: DoctorOptions): Promise<number> {
  const read = options.config === undefined ? undefined : readConfigFile(options.config);
  const { config } = read ?? {};
  const findings = [
    ...checkMachine(config?.dataDir ?? options.dataDir),
    ...configFindings(options, read),
    ...(config === undefined ? [] : await checkServices(config)),
  ];
  if (options.json) process.stdout.write(`${JSON.stringify({ findings }, undefined, 2)}\n`);
  else print(findings);
  if (options.support !== undefined) writeSupport(options.support, findings, read);
  return findings.some(({ state }) => state === 'fail') ? EXIT.failed : EXIT.ran;
}

function configFindings({ config: path }: DoctorOptions, read: ReadConfig | undefined): Finding[] {
  if (path === undefined || read === undefined) return [];
  if (read.problems.length === 0) return [ok('configuration', path, 'no problem')];
  const detail = `${counted(read.problems.length, 'problem')}; run tidegate config check -c ${path}`;
  return [fail('configuration', path, detail)];
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function print(findings: readonly Finding[]): void {
  const paint = painter(process.stdout);
  for (const { part, what, state, detail } of findings) {
    const mark = paint(COLOURS[state], state.padEnd(4));
    process.stdout.write(`${mark}  ${printable(`${part}: ${what}`)}: ${printable(detail)}\n`);
  }
}

function writeSupport(
  path: string,
  findings: readonly Finding[],
  read: ReadConfig | undefined,
): void {
  const bundle = {
    tidegate: productVersion(),
    node: process.versions,
    system: { platform: platform(), release: release(), arch: arch() },
    findings,
    configuration: read?.resolved === undefined ? undefined : maskedValues(read.resolved),
    problems: read?.problems,
  };
  writeFileSync(path, `${JSON.stringify(bundle, undefined, 2)}\n`, { mode: 0o600 });
  process.stderr.write(`written: ${path}; read it before you send it\n`);
}
