import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

import { problemCodes } from '../language/codes.ts';
import type { RuleProblem } from '../language/problem.ts';
import { productVersion } from '../runtime/product.ts';
import { lintCodes } from '../workbench/lint/codes.ts';
import { fitLine, painter, printable } from './terminal-text.ts';

/** What a code means and what to do about it. */
function meaningOf(code: string): { readonly meaning: string; readonly advice: string } {
  const known = Object.entries<readonly string[]>(problemCodes).find(([name]) => name === code);
  const lint = Object.entries<readonly string[]>(lintCodes).find(([name]) => name === code);
  const [meaning, advice] = known?.[1].slice(1) ?? lint?.[1] ?? [];
  return { meaning: meaning ?? code, advice: advice ?? '' };
}

/** A path as people and CI systems name it: from the folder that the command runs in. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** Problems as a compiler shows them: the place, the line itself, a caret, and what to do. */
export function frames(problems: readonly RuleProblem[]): readonly string[] {
  const paint = painter(process.stdout);
  const texts = new Map<string, readonly string[]>();
  return problems.flatMap((problem) => {
    const { file, line, column, severity, code, message } = problem;
    const lines = texts.get(file) ?? linesOf(file);
    texts.set(file, lines);
    const color = severity === 'error' ? 'red' : 'yellow';
    const hint = problem.hint ?? meaningOf(code).advice;
    const gutter = ' '.repeat(String(line).length);
    const place = paint('bold', printable(`${shownPath(file)}:${line}:${column}`));
    return [
      `${place}: ${paint(color, `${severity}[${code}]`)}: ${printable(message)}`,
      ...frameOf(lines[line - 1], { line, column, paintCaret: (text) => paint(color, text) }),
      ...(hint === '' ? [] : [` ${gutter} ${paint('cyan', '= hint:')} ${printable(hint)}`]),
      '',
    ];
  });
}

const FRAME_WIDTH = 110;

function frameOf(
  source: string | undefined,
  { line, column, paintCaret }: FrameOptions,
): readonly string[] {
  if (source === undefined || source.trim() === '') return [];
  // A long line is shown around the place.
  const from = column > FRAME_WIDTH - 30 ? column - 40 : 0;
  const cut = fitLine(printable(source.slice(from)), FRAME_WIDTH).replace('\u001b[0m', '');
  const shown = (from > 0 ? '…' : '') + cut;
  const indent = ' '.repeat(column - 1 - from + (from > 0 ? 1 : 0));
  const gutter = ' '.repeat(String(line).length);
  return [` ${line} | ${shown}`, ` ${gutter} | ${indent}${paintCaret('^')}`];
}

interface FrameOptions {
  readonly line: number;
  readonly column: number;
  readonly paintCaret: (text: string) => string;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r\n|\r|\n/);
  } catch {
    // The place is named all the same; the file may have gone since it was read.
    return [];
  }
}

/** Problems for machines. */
export function problemsAsJson(problems: readonly RuleProblem[]): readonly object[] {
  return problems.map((problem) => ({
    ...problem,
    hint: problem.hint ?? meaningOf(problem.code).advice,
    file: shownPath(problem.file),
  }));
}

/** Workflow commands of GitHub Actions, which show problems in the changed lines. */
export function problemsForGithub(problems: readonly RuleProblem[]): readonly string[] {
  return problems.map(({ severity, file, line, column, code, message, hint }) => {
    const text = hint === undefined ? message : `${message} ${hint}`;
    const where = `file=${property(shownPath(file))},line=${line},col=${column}`;
    return `::${severity} ${where},title=${property(code)}::${data(text)}`;
  });
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** SARIF 2.1.0, which code scanning reads. */
export function problemsAsSarif(problems: readonly RuleProblem[]): object {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tidegate',
            version: productVersion(),
            rules: codes.map((code) => {
              const { meaning, advice } = meaningOf(code);
              return {
                id: code,
                shortDescription: { text: meaning },
                ...(advice === '' ? {} : { help: { text: advice } }),
              };
            }),
          },
        },
        results: problems.map(({ code, severity, message, hint, file, line, column }) => ({
          ruleId: code,
          level: severity,
          message: { text: hint === undefined ? message : `${message}. ${hint}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: shownPath(file).replaceAll('\\', '/') },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
