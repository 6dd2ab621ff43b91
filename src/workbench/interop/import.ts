import { linkRules } from '../../language/link.ts';
import { readRules } from '../../language/read.ts';
import { fitsLogsource, knownLogsources } from '../../event/logsource.ts';
import type { LogsourcePattern } from '../../event/logsource.ts';
import { lint } from '../lint/check.ts';
import { fixText, isFixable } from '../lint/fix.ts';

/** What becomes of a Sigma file from elsewhere. */
export type Imported =
  | { readonly kind: 'taken'; readonly text: string; readonly mended: number }
  | { readonly kind: 'left'; readonly reason: string };

/** Takes a file of Sigma rules over, if they load and some sensor serves them; mends what is safe. */
export function importRules(text: string, file: string, newId: () => string): Imported {
  const read = readRules(text, file);
  const ruleSet = linkRules(read.rules);
  const problems = [...read.problems, ...ruleSet.problems];
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) return { kind: 'left', reason: `${error.code}: ${error.message}` };
  const skipped = problems.find(({ code }) => code === 'skipped-status');
  if (skipped !== undefined) return { kind: 'left', reason: skipped.message };
  if (read.rules.length === 0) return { kind: 'left', reason: 'no rule in it' };
  const unserved = ruleSet.detections.find(({ rule }) => !isServed(rule.logsource));
  if (unserved !== undefined) {
    const { product, category, service } = unserved.rule.logsource;
    const asked = [product, category, service].filter((part) => part !== undefined).join(' ');
    return { kind: 'left', reason: `no sensor has events of ${asked}` };
  }
  const fixable = [...problems, ...lint(ruleSet)].filter(isFixable);
  const { text: mended, count } = fixText(text, fixable, newId);
  return { kind: 'taken', text: mended, mended: count };
}

function isServed(logsource: LogsourcePattern): boolean {
  return knownLogsources().some((known) => fitsLogsource(logsource, known));
}
