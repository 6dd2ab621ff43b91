/** Every problem that rules can have: its stable code, its severity, what it means and what to do. */
export const problemCodes = {
  'yaml-syntax': [
    'error',
    'The text is not YAML.',
    'Look at indentation, quotes and colons around this place.',
  ],
  'yaml-alias': [
    'error',
    'Anchors and aliases are refused: they can blow up, and hide what a rule says.',
    'Write the value out at each place.',
  ],
  'yaml-tag': [
    'error',
    'YAML tags other than !!str are refused.',
    'Leave the tag out; quote what must be text.',
  ],
  'yaml-key': ['error', 'A key is a list or a map.', 'Make the key a plain text.'],
  'yaml-duplicate-key': [
    'error',
    'The same key stands twice in one map.',
    'Join both under one key, or put two tests into a list.',
  ],
  'yaml-too-large': [
    'error',
    'The file is too large, or holds too many values.',
    'Split the file.',
  ],
  'not-a-rule': [
    'error',
    'The document is neither a detection, a correlation nor a filter.',
    'Begin with title and one of detection, correlation or filter.',
  ],
  'unknown-action': [
    'error',
    'The legacy key `action` is not global, reset or repeat.',
    'Leave the legacy key out.',
  ],
  'missing-key': ['error', 'A mandatory key is absent.', 'Add the key here.'],
  'wrong-type': [
    'error',
    'A value has another type than the key needs.',
    'Write the value in the form that is asked for.',
  ],
  'too-long': ['error', 'A text is longer than Sigma allows.', 'Shorten it.'],
  'invalid-id': ['error', 'The id is not a UUID.', 'Write a UUID, as `uuidgen` prints it.'],
  'invalid-status': [
    'error',
    'The status is not one of Sigma.',
    'Write stable, test, experimental, deprecated or unsupported.',
  ],
  'invalid-level': [
    'error',
    'The level is not one of Sigma.',
    'Write informational, low, medium, high or critical.',
  ],
  'invalid-date': ['error', 'A date is not YYYY-MM-DD.', 'Write YYYY-MM-DD.'],
  'invalid-tag': ['error', 'A tag has no namespace.', 'Write namespace.value, as attack.t1048.'],
  'invalid-related': [
    'error',
    'A related rule has no id, or an unknown relation.',
    'Write an id (a UUID) and a type.',
  ],
  'invalid-timespan': [
    'error',
    'A timespan is not a whole number and a unit.',
    'Write a whole number and one of s, m, h, d, w, M, y, as in 15m.',
  ],
  'foreign-taxonomy': [
    'error',
    'The rule uses another taxonomy and no pipeline mapped it.',
    'Map it with a pipeline that sets the taxonomy to sigma.',
  ],
  'empty-logsource': [
    'error',
    'The log source names no category, product or service.',
    'Name a category, a product or a service.',
  ],
  'empty-detection': [
    'error',
    'The detection has no selection.',
    'Add a selection beside condition.',
  ],
  'empty-selection': [
    'error',
    'A selection asks for nothing.',
    'Add a field test, as `Image|endswith: /curl`, or remove the selection.',
  ],
  'invalid-value': [
    'error',
    'A value cannot be compared this way.',
    'Write a value of the kind that the modifier compares.',
  ],
  'unknown-modifier': [
    'error',
    'No such modifier.',
    '`tidegate rules show --modifiers` lists them all.',
  ],
  'invalid-modifier': [
    'error',
    'The modifier cannot stand here.',
    'Put the modifier elsewhere in the chain, or leave it out.',
  ],
  'invalid-regex': [
    'error',
    'The regular expression is not RE2 syntax, or too large.',
    'Use RE2 syntax: no lookaround, no back-references, repetitions of at most 1,000.',
  ],
  'invalid-network': [
    'error',
    'Not an IPv4 or IPv6 network.',
    'Write address/prefix with zeros behind the prefix, as 10.0.0.0/8.',
  ],
  'condition-syntax': [
    'error',
    'The condition cannot be read.',
    'Join selections with and, or, not, parentheses and `1 of name*`.',
  ],
  'condition-aggregation': [
    'error',
    'Aggregations in conditions are gone from Sigma.',
    'Write a correlation over this rule, in a document of its own.',
  ],
  'condition-selector': [
    'error',
    'A selector matches no selection.',
    'Write a pattern that fits a selection above.',
  ],
  'condition-too-large': [
    'error',
    'The condition is too deep or too large.',
    'Split the rule, or put alternatives into one list of values.',
  ],
  'unknown-selection': [
    'error',
    'The condition names a selection that is not there.',
    'Name a selection of this rule.',
  ],
  'invalid-correlation': [
    'error',
    'The correlation contradicts itself.',
    'rules/README.md describes the keys of a correlation.',
  ],
  'invalid-filter': [
    'error',
    'The filter cannot be read.',
    'A filter has rules, one condition, and its selections.',
  ],
  extension: [
    'error',
    'A Tidegate extension in a rule that must be portable.',
    'Leave it out, or check without --portable.',
  ],
  'duplicate-id': [
    'error',
    'Two rules have the same id or name.',
    'Give one of them another id and name; `uuidgen` prints a fresh id.',
  ],
  'unknown-rule': [
    'error',
    'A correlation refers to a rule that is not loaded.',
    'Name the id or name of a rule in the same folder or file.',
  ],
  'cyclic-reference': [
    'error',
    'Correlations refer to each other in a circle.',
    'Let one of them refer to a plain rule.',
  ],
  'unknown-alias': [
    'error',
    'An alias names a rule that the correlation does not refer to.',
    'Name a rule that stands under `rules`.',
  ],
  'invalid-pipeline': [
    'error',
    'The processing pipeline cannot be read.',
    'rules/README.md lists what pipelines can do.',
  ],
  'pipeline-failure': [
    'error',
    'The processing pipeline refuses the rule.',
    'Leave the rule out, or change the pipeline.',
  ],
  'missing-id': [
    'warning',
    'The rule has no id, so that alerts are named after its title.',
    'Give it a UUID, as `uuidgen` prints it.',
  ],
  'old-date': ['warning', 'A date is written with slashes.', 'Write YYYY-MM-DD.'],
  'odd-tag': [
    'warning',
    'A tag breaks the pattern, or its namespace is not one of Sigma.',
    'Write a namespace of Sigma and lower-case letters, digits, dots, dashes.',
  ],
  'escaped-wildcard': [
    'warning',
    'A backslash makes a wildcard literal that was probably meant as one.',
    'For a wildcard behind a backslash write two: `\\\\*`.',
  ],
  'null-in-list': [
    'warning',
    'The specification forbids null among other values.',
    'Give null a selection of its own, and join both with or.',
  ],
  'empty-list': [
    'warning',
    'An empty list is read as null.',
    'Write null, or the values that are meant.',
  ],
  'single-all': [
    'warning',
    'The modifier all has only one value to link.',
    'Leave `|all` out, or list several values.',
  ],
  'number-as-text': ['warning', 'A number is compared as text.', 'Quote the number.'],
  'base64offset-alone': [
    'warning',
    'base64offset without contains only matches a whole value.',
    'Write `|base64offset|contains`.',
  ],
  'legacy-timeframe': [
    'warning',
    'timeframe belongs to aggregations and is ignored.',
    'Write a correlation with a timespan.',
  ],
  'upper-case-keyword': [
    'warning',
    'Sigma writes and, or, not and of in lower case.',
    'Write it in lower case.',
  ],
  'odd-selection': [
    'warning',
    'The name of a selection cannot be written in a condition.',
    'Use letters, digits and underscores.',
  ],
  'unused-selection': [
    'warning',
    'No condition uses the selection.',
    'Remove it, or begin its name with _.',
  ],
  'skipped-status': [
    'warning',
    'The rule is not loaded for its status.',
    'Raise the status, or load with another minimum.',
  ],
  'filter-keeps': [
    'warning',
    'The filter keeps only what it selects; exclusions need `not`.',
    'To exclude what it selects, write `not selection`.',
  ],
  'filter-unused': [
    'warning',
    'The filter narrows no loaded rule.',
    'Name the id or name of a loaded rule of the same log source.',
  ],
  'filter-expired': [
    'warning',
    'The filter has expired and is not applied.',
    'Remove the filter, or move its day on.',
  ],
  'unknown-field': [
    'warning',
    'No known sensor or enrichment provides the field.',
    'Look at the names that the log source has: `tidegate rules show --fields`.',
  ],
  schema: [
    'warning',
    'The document does not keep to the JSON schema.',
    'Write the value as the schema asks.',
  ],
  'undefined-placeholder': [
    'warning',
    'No list defines a placeholder, so the rule is disabled.',
    'Add the list to a folder of lists; an empty one matches nothing.',
  ],
  'placeholder-too-large': [
    'error',
    'The lists of a value stand for too many texts together.',
    'Put fewer placeholders into one value, or shorten their lists.',
  ],
  'too-many-problems': [
    'error',
    'Further problems of the file are not listed.',
    'Mend the problems above first.',
  ],
} as const;

/** A stable name of a problem. */
export type ProblemCode = keyof typeof problemCodes;
