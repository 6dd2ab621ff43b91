import { relative } from 'node:path';

import type { RuleProblem } from '../language/problem.ts';
import { painter, printable } from './terminal-text.ts';

/** Says on standard error all that is wrong with rules: file, line, column, reason, and what to do. */
export function reportProblems(problems: readonly RuleProblem[], showWarnings: boolean): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const warnings = problems.filter((problem) => problem.severity === 'warning');
  const shown = [...errors, ...(showWarnings ? warnings : [])];
  for (const problem of shown) process.stderr.write(`${describe(problem)}\n`);
}

function describe(problem: RuleProblem): string {
  const paint = painter(process.stderr);
  const file = relative(process.cwd(), problem.file);
  const where = `${file.startsWith('..') ? problem.file : file}:${problem.line}:${problem.column}`;
  const severity = paint(problem.severity === 'error' ? 'red' : 'yellow', problem.severity);
  const hint =
    problem.hint === undefined ? '' : `\n  ${paint('dim', 'hint:')} ${printable(problem.hint)}`;
  return `${printable(where)}: ${severity} [${problem.code}] ${printable(problem.message)}${hint}`;
}
