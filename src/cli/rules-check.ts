import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Option, type Command } from 'commander';

import type { RuleProblem } from '../language/problem.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { isPack } from '../runtime/rule-pack.ts';
import { checkRules, type Checked } from '../workbench/lint/check.ts';
import { fixText, isFixable } from '../workbench/lint/fix.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { collect, existingPlaces } from './input.ts';
import { Output } from './output.ts';
import { frames, problemsAsJson, problemsAsSarif, problemsForGithub } from './problem-report.ts';
import { painter } from './terminal-text.ts';

interface CheckOptions {
  readonly lists?: readonly string[];
  readonly pipeline?: readonly string[];
  readonly portable: boolean;
  readonly strict: boolean;
  readonly fix: boolean;
  readonly output: 'table' | 'json' | 'sarif' | 'github';
  readonly json?: boolean;
}

/** `tidegate rules check`: all that is wrong with rules, as a compiler says it. */
export function addRulesCheck(rules: Command): void {
  rules
    .command('check')
    .description('say all that is wrong with rules: place, line, reason, and what to do')
    .argument('[path...]', 'rule files and folders; the bundled rules without')
    .option(
      '--lists <dir>',
      'folder of lists that win over the bundled ones; may be repeated',
      collect,
    )
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--portable', "refuse Tidegate's extensions of Sigma", false)
    .option('--strict', 'exit with 1 for warnings too', false)
    .option('--fix', 'mend what is safe to mend, and say what is left', false)
    .addOption(
      new Option('--output <form>', 'json, sarif (code scanning) and github (Actions) are for CI')
        .choices(['table', 'json', 'sarif', 'github'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
Errors are what a run would refuse. Warnings are what compiles and is hardly meant: a selection that makes no
difference, a wildcard that a backslash hides, a filter that keeps what it should exclude, a technique that
ATT&CK has moved, a regular expression that runs on every event, a log source that no sensor has.

--fix mends dates, capital keywords, moved and repeated tags, a needless |all, and gives rules without id one.

Exit codes: 0 nothing wrong, 1 errors (with --strict also warnings), 2 wrong usage

Examples:
  tidegate rules check our-rules
  tidegate rules check --strict our-rules && tidegate rules test our-rules
  tidegate rules check our-rules --output sarif > rules.sarif`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      process.exitCode = await check(paths, options);
    });
}

async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const places = existingPlaces(paths.length === 0 ? [BUNDLED_RULES] : paths);
  const packed = places.find(isPack);
  if (packed !== undefined) {
    throw new UsageError(`${packed}: is a pack; name what it is made from`);
  }
  const settings = {
    paths: places,
    lists: existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]),
    pipelines: existingPlaces(options.pipeline ?? []),
    portable: options.portable,
  };
  let checked = checkRules(settings);
  if (options.fix) {
    const mended = fixFiles(checked.problems);
    process.stderr.write(`${counted(mended, 'problem')} mended\n`);
    if (mended > 0) checked = checkRules(settings);
  }
  if (checked.files.length === 0) throw new UsageError('there is no rule file');
  await print(checked, options.json === true ? 'json' : options.output);
  const { errors, warnings } = summary(checked.problems);
  return errors > 0 || (options.strict && warnings > 0) ? EXIT.failed : EXIT.ran;
}

function fixFiles(problems: readonly RuleProblem[]): number {
  const byFile = Map.groupBy(problems.filter(isFixable), ({ file }) => file);
  let count = 0;
  for (const [file, found] of byFile) {
    const before = readFileSync(file, 'utf8');
    const fixed = fixText(before, found, randomUUID);
    if (fixed.text !== before) writeFileSync(file, fixed.text);
    count += fixed.count;
  }
  return count;
}

function summary(problems: readonly RuleProblem[]): {
  readonly errors: number;
  readonly warnings: number;
} {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}

async function print(checked: Checked, form: CheckOptions['output']): Promise<void> {
  const { problems, rules, files } = checked;
  const output = new Output();
  switch (form) {
    case 'json': {
      const report = {
        files: files.length,
        rules,
        summary: summary(problems),
        problems: problemsAsJson(problems),
      };
      output.line(JSON.stringify(report, undefined, 2));
      break;
    }
    case 'sarif':
      output.line(JSON.stringify(problemsAsSarif(problems), undefined, 2));
      break;
    case 'github':
      for (const line of problemsForGithub(problems)) output.line(line);
      break;
    case 'table':
      for (const line of frames(problems)) output.line(line);
      output.line(verdict(checked));
  }
  await output.flush();
}

function verdict({ problems, rules, files }: Checked): string {
  const paint = painter(process.stdout);
  const looked = `${counted(rules, 'rule')} in ${counted(files.length, 'file')}`;
  if (problems.length === 0) return `${paint('green', 'ok')}: ${looked}`;
  const { errors, warnings } = summary(problems);
  const fixable = problems.filter(isFixable).length;
  const offer = fixable === 0 ? '' : `; --fix mends ${fixable}`;
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}: ${looked}${offer}`;
}
