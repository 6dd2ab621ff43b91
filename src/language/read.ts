import { readYaml } from '../base/yaml.ts';
import { readCorrelation } from './correlation.ts';
import { readDetection } from './detection.ts';
import type { DocumentContext } from './detection.ts';
import { documentKind, ruleDocuments } from './documents.ts';
import type { RuleDocument } from './documents.ts';
import { readFilter } from './filter.ts';
import { freeze } from './freeze.ts';
import { Keys } from './keys.ts';
import type { RuleProblem } from './problem.ts';
import { Reporter } from './reporter.ts';
import { checkSchema } from './schema/check.ts';
import type { Rule } from './tree.ts';

export interface ReadOptions {
  /** Refuses Tidegate's extensions, so that other Sigma tools understand the rules too. */
  readonly portable?: boolean;
  /** Also warns where documents do not keep to their JSON schema. */
  readonly schema?: boolean;
}

/** The rules of one file, and all that is wrong with it. */
export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

/** Reads a file of one or more Sigma documents. A faulty document never stops the others. */
export function readRules(text: string, file: string, options: ReadOptions = {}): ReadRules {
  const reporter = new Reporter(file, text);
  const rules: Rule[] = [];
  for (const document of ruleDocuments(readYaml(text), reporter)) {
    reporter.ruleId = undefined;
    const rule = readDocument(document, file, options, reporter);
    if (rule !== undefined) rules.push(rule);
  }
  return { rules, problems: reporter.problems };
}

function readDocument(
  document: RuleDocument,
  file: string,
  options: ReadOptions,
  reporter: Reporter,
): Rule | undefined {
  const errors = reporter.errors;
  const kind = documentKind(document, reporter);
  if (kind === undefined) return undefined;
  const { line } = reporter.place(document.offset);
  const context: DocumentContext = {
    keys: new Keys(document.root, reporter),
    source: { file, line, text: document.text },
    isPortable: options.portable ?? false,
  };
  const readers = { detection: readDetection, correlation: readCorrelation, filter: readFilter };
  const rule = readers[kind](context);
  if (options.schema === true) checkSchema(kind, document.root, reporter);
  // A rule with an error anywhere would mean something else than its author wrote.
  if (rule === undefined || !document.isSound || reporter.errors > errors) return undefined;
  return freeze(rule);
}
