/** What a lint says beside the language's own problems: what it means, and what to do. All are warnings. */
export const lintCodes = {
  'file-name': [
    'The name of a file is not lower_case.yml.',
    'Rename it, with letters, digits and underscores, as agent_bulk_read.yml.',
  ],
  'title-form': [
    'A title is not a short heading.',
    'Begin with a capital letter, leave the full stop out, keep to 110 characters.',
  ],
  'name-form': [
    'A name is not lower_case.',
    'Use lower-case letters, digits and underscores, as agent_bulk_read.',
  ],
  'not-name': [
    'The name of a selection begins with "not", which pySigma reads as the word not.',
    'Give the selection another name, here and in the condition.',
  ],
  incomplete: ['A rule that alerts lacks what its reader needs.', 'Add the key to the rule.'],
  'without-tests': [
    'No tests stand beside the rule.',
    'Write NAME.test.yml beside NAME.yml, or let `tidegate rules new` write it.',
  ],
  'unknown-technique': [
    'The tag names no technique of ATT&CK or ATLAS.',
    'Look the id up at attack.mitre.org or atlas.mitre.org.',
  ],
  'moved-technique': ['ATT&CK has moved the technique.', 'Write the new id; `--fix` does.'],
  'retired-technique': [
    'ATT&CK has retired the technique.',
    'Choose one that describes the behaviour now, at attack.mitre.org.',
  ],
  'unknown-tactic': ['The tag names no tactic.', 'Write it as attack.credential-access.'],
  'repeated-tag': ['A tag stands twice.', 'Leave one out; `--fix` does.'],
  'dead-selection': [
    'A selection has no influence on the condition.',
    'Remove it, or mend the condition.',
  ],
  contradiction: [
    'A selection or condition can never hold.',
    'One field has one value: list alternatives under it, or join selections with or.',
  ],
  'always-true': [
    'A condition holds for every event of the log source.',
    'Add a selection that says what is looked for.',
  ],
  'repeated-value': ['A value of a list adds nothing.', 'Leave it out: another value covers it.'],
  'repeated-rule': ['Two rules ask the same.', 'Keep one of them.'],
  'costly-regex': [
    'A regular expression has no certain text, so it runs on every event that has the field.',
    'Put a literal of three characters or more into it, or a selection with one beside it.',
  ],
  'plain-regex': [
    'A regular expression says what a plain value can.',
    'Write the text with contains, startswith or endswith, which are faster and read better.',
  ],
  'no-sensor': [
    'No sensor has events of the log source.',
    'Name a log source that `tidegate sensors` lists.',
  ],
  'no-sense': [
    'No sensor lets the rule see.',
    '`tidegate rules coverage` says which fields are in the way.',
  ],
} as const;

/** A stable name of a lint problem. */
export type LintCode = keyof typeof lintCodes;
