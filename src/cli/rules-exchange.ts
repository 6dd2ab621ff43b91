import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import type { Command } from 'commander';

import { loadPolicy } from '../runtime/policy-files.ts';
import { BUNDLED_RULES, filesBelow } from '../runtime/rule-files.ts';
import { exportRules, listPipeline } from '../workbench/interop/export.ts';
import { importRules } from '../workbench/interop/import.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted } from './format.ts';
import { collect, existingPlaces } from './input.ts';
import { shownPath } from './problem-report.ts';
import { printable } from './terminal-text.ts';

const PIPELINE = 'tidegate-lists.pipeline.yml';
const REASONS_SHOWN_MAX = 12;

interface ExportOptions {
  readonly out: string;
  readonly lists?: readonly string[];
}

interface ImportOptions {
  readonly out: string;
  readonly force: boolean;
  readonly verbose: boolean;
}

/** `tidegate rules export` and `import`: to and from the Sigma tool chain. */
export function addRulesExchange(rules: Command): void {
  rules
    .command('export')
    .description('write rules as other Sigma tools read them, with the lists as a pySigma pipeline')
    .argument('[path...]', 'rule files and folders; the bundled rules without')
    .requiredOption('--out <dir>', 'where they go')
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .addHelpText(
      'after',
      `
Files with an extension of Tidegate (first_seen, missing_fields_strategy) are named and left out; suppress is
left out of rules, which then say the same more often. Tags of ATLAS move to a key of their own, since Sigma has no namespace for them. ${PIPELINE}
fills placeholders with the values of our lists.

Example:
  tidegate rules export --out portable && sigma check portable`,
    )
    .action((paths: string[], options: ExportOptions) => {
      process.exitCode = exportTo(paths, options);
    });
  rules
    .command('import')
    .description(
      'take Sigma rules over that load and that some sensor serves, and mend what is safe',
    )
    .argument('<path...>', 'rule files and folders, as SigmaHQ has them')
    .requiredOption('--out <dir>', 'where they go')
    .option('--force', 'overwrite files that are there', false)
    .option('--verbose', 'name every file that is left out, with the reason', false)
    .addHelpText(
      'after',
      `
Mended are old dates, moved techniques, capital keywords and a missing id; the rest of a file stays as it is.
Field names of other sensors need no import: name a pipeline when rules run, as scan --pipeline ecs.yml.

Example:
  tidegate rules import sigma/rules/windows/process_creation --out our-rules/sigmahq`,
    )
    .action((paths: string[], options: ImportOptions) => {
      process.exitCode = importFrom(paths, options);
    });
}

function exportTo(paths: readonly string[], { out, lists = [] }: ExportOptions): number {
  const places = existingPlaces(paths.length === 0 ? [BUNDLED_RULES] : paths);
  const names = new Set<string>();
  let written = 0;
  let kept = 0;
  for (const [file, target] of targets(places, out)) {
    const exported = exportRules(readFileSync(file, 'utf8'), file);
    if (exported.kind === 'kept') {
      kept += 1;
      const [problem] = exported.problems;
      process.stderr.write(
        `left out: ${printable(shownPath(file))}:${problem?.line ?? 1}: ${printable(problem?.message ?? '')}\n`,
      );
      continue;
    }
    for (const name of exported.lists) names.add(name);
    write(target, exported.text);
    written += 1;
  }
  if (written + kept === 0) throw new UsageError('there is no rule file');
  const folders = existingPlaces([join(BUNDLED_RULES, 'lists'), ...lists]);
  // Apart from the rules: other tools take every YAML file of a folder for a rule.
  const pipeline = `${out.replace(/\/+$/, '')}.${PIPELINE}`;
  write(pipeline, listPipeline(names, loadPolicy(folders).policy));
  const left = kept === 0 ? '' : `, ${counted(kept, 'file')} left out`;
  process.stdout.write(
    `${counted(written, 'rule file')} in ${printable(out)}${left}; lists in ${printable(pipeline)}\n`,
  );
  return EXIT.ran;
}

function importFrom(paths: readonly string[], options: ImportOptions): number {
  const reasons = new Map<string, number>();
  let taken = 0;
  let mended = 0;
  for (const [file, target] of targets(existingPlaces(paths), options.out)) {
    const imported = importRules(readFileSync(file, 'utf8'), file, randomUUID);
    const isThere = existsSync(target) && !options.force;
    const reason =
      imported.kind === 'left' ? imported.reason : isThere ? 'there already (--force)' : undefined;
    if (reason !== undefined) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (options.verbose) {
        process.stderr.write(`left out: ${printable(shownPath(file))}: ${printable(reason)}\n`);
      }
      continue;
    }
    if (imported.kind === 'left') continue;
    write(target, imported.text);
    taken += 1;
    mended += imported.mended;
  }
  const left = [...reasons.values()].reduce((total, each) => total + each, 0);
  const most = [...reasons].toSorted((a, b) => b[1] - a[1]).slice(0, REASONS_SHOWN_MAX);
  process.stdout.write(
    [
      `${counted(taken, 'rule file')} taken, ${counted(mended, 'problem')} mended, ${count(left)} left out`,
      ...most.map(([reason, n]) => `  ${count(n).padStart(6)}  ${printable(reason)}`),
      '',
    ].join('\n'),
  );
  return EXIT.ran;
}

/** Each rule file below the places, and where it goes: folders keep their shape. */
function targets(places: readonly string[], out: string): readonly (readonly [string, string])[] {
  return places.flatMap((place) => {
    const root = statSync(place).isDirectory() ? place : dirname(place);
    return filesBelow([place]).map((file): readonly [string, string] => [
      file,
      join(out, relative(root, file) || basename(file)),
    ]);
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
