import { basename } from 'node:path';

import type { CorrelationRule, DetectionRule, Rule } from '../../language/tree.ts';
import type { Findings } from './findings.ts';

const TITLE_MAX = 110;

/** How a rule and its file are named. */
export function checkNames(rule: Rule, isFirstOfFile: boolean, findings: Findings): void {
  const file = basename(rule.source.file);
  if (isFirstOfFile && !/^[a-z0-9_]+\.ya?ml$/.test(file)) {
    findings.at('file-name', rule, [], `the file is called ${file}`);
  }
  const { title, name } = rule;
  if (/^\p{Ll}/u.test(title)) {
    findings.at('title-form', rule, ['title'], 'the title begins with a small letter');
  } else if (title.endsWith('.')) {
    findings.at('title-form', rule, ['title'], 'the title ends in a full stop');
  } else if (title.length > TITLE_MAX) {
    const length = String(title.length);
    findings.at('title-form', rule, ['title'], `the title is ${length} characters long`);
  }
  if (name !== undefined && !/^[a-z0-9_]+$/.test(name)) {
    findings.at('name-form', rule, ['name'], `the name "${name}" is not lower_case`);
  }
}

/** What people read when a rule alerts. A rule that only counts for others needs none of it. */
export function checkCompleteness(
  rule: DetectionRule | CorrelationRule,
  alerts: boolean,
  findings: Findings,
): void {
  if (!alerts) return;
  const missing = [
    ...(rule.description === undefined ? ['description'] : []),
    ...(rule.status === undefined ? ['status'] : []),
    ...(/^level:/m.test(rule.source.text) ? [] : ['level']),
    ...(rule.tags.length === 0 ? ['tags'] : []),
    ...(rule.falsepositives.length === 0 ? ['falsepositives'] : []),
  ];
  if (missing.length === 0) return;
  findings.at('incomplete', rule, [], `the rule alerts and has no ${missing.join(', ')}`);
}
