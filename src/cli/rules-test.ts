import { writeFileSync } from 'node:fs';

import { Option, type Command } from 'commander';

import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { findTestFiles, findUntestedRules } from '../workbench/rule-test-files.ts';
import type { FileRun } from '../workbench/testing/files.ts';
import { junitXml } from '../workbench/testing/junit.ts';
import { EXIT, UsageError } from './exit.ts';
import { collect, existingPlaces } from './input.ts';
import { wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { shownPath } from './problem-report.ts';
import { testLines, testSummary } from './test-report.ts';
import { runTests, type TestOptions } from './test-run.ts';
import { watchTests } from './watch-tests.ts';

const WORKERS_MAX = 64;

/** `tidegate rules test`: the tests that stand beside rules. */
export function addRulesTest(rules: Command): void {
  rules
    .command('test')
    .description('run the tests beside rules: events at moments, and exactly the alerts they raise')
    .argument('[path...]', 'folders, rule files or test files; the bundled rules without')
    .option(
      '--lists <dir>',
      'folder of lists that win over the bundled ones; may be repeated',
      collect,
    )
    .option(
      '--rules <path>',
      'further rules that correlations and filters refer to; may be repeated',
      collect,
    )
    .addOption(
      new Option('--output <form>', 'json and junit are for CI')
        .choices(['table', 'json', 'junit'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--junit <file>', 'write JUnit XML into a file, beside what is printed')
    .option(
      '--workers <n>',
      'threads; as many as the machine has processors when there is work for them',
      wholeNumber('--workers', WORKERS_MAX),
    )
    .option('--watch', 'run again whenever a rule, test or list changes', false)
    .option('--verbose', 'show every case, and which selections it takes to cover', false)
    .option('--no-progress', 'no progress line')
    .addHelpText('after', FORM)
    .action(async (paths: string[], options: TestOptions) => {
      process.exitCode = options.watch
        ? await watchTests(testPlaces(paths), options)
        : await test(testPlaces(paths), options);
    });
}

const FORM = `
NAME.test.yml beside NAME.yml:

  cases:
    - name: five uploads within a minute raise one alert at the fifth
      events:
        - { at: 0s, every: 10s, repeat: 5, category: process_creation, process: /usr/bin/curl, command_line: 'curl -T {n}' }
        - { recorded: events.ndjson }            # telemetry of any format that Tidegate reads, with its own times
      expect: [{ at: 40s, key: host-1, count: 5 }]
    - name: four stay silent
      events:
        - { at: 0s, every: 10s, repeat: 4, category: process_creation, process: /usr/bin/curl, command_line: 'curl -T {n}' }
      expect: []

An event has a moment (at; every and repeat make more, {n} is the number), a log source (category, product,
service), and fields by their Sigma names; process, parent, pid, guid, command_line, path, user, host are
short for the usual ones. expect names every alert: at (or time), key (the group's values, with slashes
between; the host without a group), and where it matters rule and count. All others are failures.

Selections that no case makes true, or none makes false, are listed at the end.

Exit codes: 0 all passed, 1 some failed, 2 wrong usage

Examples:
  tidegate rules test our-rules
  tidegate rules test our-rules/upload.yml --watch
  tidegate rules test our-rules --junit report.xml`;

function testPlaces(paths: readonly string[]): readonly string[] {
  return existingPlaces(paths.length === 0 ? [BUNDLED_RULES] : paths);
}

async function test(places: readonly string[], options: TestOptions): Promise<number> {
  const files = findTestFiles(places);
  if (files.length === 0) {
    throw new UsageError(`${places.join(', ')}: no tests; NAME.test.yml stands beside NAME.yml`);
  }
  const started = performance.now();
  const runs = await runTests(places, files, options);
  const ms = performance.now() - started;
  const output = new Output();
  if (options.junit !== undefined) writeFileSync(options.junit, junitXml(runs, shownPath));
  const form = options.json === true ? 'json' : options.output;
  if (form === 'json') output.line(JSON.stringify(asJson(runs), undefined, 2));
  else if (form === 'junit') output.line(junitXml(runs, shownPath).trimEnd());
  else for (const line of testLines(runs, options.verbose)) output.line(line);
  if (form === 'table') {
    const untested = findUntestedRules(places.filter((place) => !place.endsWith('.test.yml')));
    output.line(testSummary(runs, ms, untested.length));
  }
  await output.flush();
  return runs.every(({ results }) => results.every(({ passed }) => passed))
    ? EXIT.ran
    : EXIT.failed;
}

function asJson(runs: readonly FileRun[]): object {
  const results = runs.flatMap((run) => run.results);
  const passed = results.filter((result) => result.passed).length;
  return {
    summary: {
      files: runs.length,
      cases: results.length,
      passed,
      failed: results.length - passed,
    },
    files: runs.map(({ file, ms, results: cases, coverage }) => ({
      file: shownPath(file),
      ms: Math.round(ms),
      cases: cases.map(({ name, line, passed: isPassed, reasons }) => ({
        name,
        line,
        passed: isPassed,
        reasons,
      })),
      coverage,
    })),
  };
}
