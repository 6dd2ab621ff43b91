import { readRules } from '../../language/read.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { Expression, Rule } from '../../language/tree.ts';
import { leavesOf } from '../../language/walk.ts';
import type { Policy } from '../../policy/policy.ts';
import { yamlText } from '../sigma-text.ts';

/** A rule file as other Sigma tools read it, or why it stays here. */
export type Exported =
  | { readonly kind: 'portable'; readonly text: string; readonly lists: ReadonlySet<string> }
  | { readonly kind: 'kept'; readonly problems: readonly RuleProblem[] };

/**
 * Makes a rule file portable. `suppress` goes: without it a rule says the same, more often. What else only
 * Tidegate knows is refused. Tags of ATLAS, for which Sigma has no namespace, move to a key of their own.
 */
export function exportRules(text: string, file: string): Exported {
  const own = withoutSuppress(text);
  const { rules, problems } = readRules(own, file, { portable: true });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'kept', problems: errors };
  const lists = new Set(rules.flatMap((rule) => [...placeholdersOf(rule)]));
  return { kind: 'portable', text: withoutAtlas(own), lists };
}

function placeholdersOf(rule: Rule): ReadonlySet<string> {
  const names = new Set<string>();
  const selections: Iterable<Expression> =
    rule.kind === 'correlation' ? [] : rule.selections.values();
  for (const selection of selections) {
    for (const leaf of leavesOf(selection)) {
      if (leaf.kind === 'exists' || leaf.match.kind !== 'placeholder') continue;
      for (const part of leaf.match.parts) if (part.kind === 'placeholder') names.add(part.name);
    }
  }
  return names;
}

// The key at the top of a rule, with the lines that belong to it.
function withoutSuppress(text: string): string {
  let isInside = false;
  const kept = text.split('\n').filter((line) => {
    if (/^\S/.test(line)) isInside = /^suppress\s*:/.test(line);
    return !isInside;
  });
  return kept.join('\n');
}

// Line by line, so that comments and layout stay: tags stand one a line in rules of this form.
function withoutAtlas(text: string): string {
  const lines: string[] = [];
  let moved: string[] = [];
  let isInTags = false;
  const flush = (): void => {
    if (moved.length > 0) lines.push('atlas:', ...moved);
    moved = [];
  };
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('# yaml-language-server:')) continue;
    const tag = /^(\s*-\s*)atlas\.(\S+)\s*$/.exec(line);
    if (isInTags && tag !== null) {
      moved.push(`${tag[1] ?? ''}${tag[2] ?? ''}`);
      continue;
    }
    if (/^\S/.test(line) && !line.startsWith('#')) {
      if (isInTags) flush();
      isInTags = /^tags:\s*$/.test(line);
    }
    lines.push(line);
  }
  if (isInTags) flush();
  return `${withoutEmptyTags(lines).join('\n')}\n`;
}

function withoutEmptyTags(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => line !== 'tags:' || /^\s*-/.test(lines[index + 1] ?? ''));
}

/** A pySigma pipeline that fills the placeholders of exported rules with the values of our lists. */
export function listPipeline(names: ReadonlySet<string>, policy: Policy): string {
  const lines = [
    'name: Lists of Tidegate',
    'priority: 10',
    'vars:',
    ...[...names].sort().flatMap((name) => {
      const values = policy.list(name) ?? [];
      if (values.length === 0) return [`  ${name}: []`];
      return [`  ${name}:`, ...values.map((value) => `    - ${yamlText(value)}`)];
    }),
    'transformations:',
    '  - type: value_placeholders',
  ];
  return `${lines.join('\n')}\n`;
}
