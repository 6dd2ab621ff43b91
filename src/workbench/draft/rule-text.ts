import { logsourceLines, testLines, yamlText } from '../sigma-text.ts';
import { countedName, type DraftWindow, type RuleDraft } from './draft.ts';

/** The draft as a rule file: one rule, or one that counts and the one that it counts. */
export function ruleText(draft: RuleDraft): string {
  const { window } = draft;
  if (window === undefined) return `${detectionLines(draft).join('\n')}\n`;
  const lines = [...correlationLines(draft, window), '---', ...countedLines(draft)];
  return `${lines.join('\n')}\n`;
}

function headLines(draft: RuleDraft, id: string): readonly string[] {
  const { name, title, description, author, date, tags } = draft;
  return [
    `title: ${yamlText(title)}`,
    `id: ${id}`,
    `name: ${name}`,
    'status: experimental',
    'description: |',
    `  ${description}`,
    '',
    '  Misses: say what gets past the rule.',
    ...(author === undefined ? [] : [`author: ${yamlText(author)}`]),
    `date: ${date}`,
    ...(tags.length === 0 ? [] : ['tags:', ...tags.map((tag) => `  - ${yamlText(tag)}`)]),
  ];
}

const FALSE_POSITIVES: readonly string[] = [
  'falsepositives:',
  '  - Say what fires the rule wrongly, once you have seen it.',
];

function detectionLines(draft: RuleDraft): readonly string[] {
  return [
    ...headLines(draft, draft.id),
    ...bodyLines(draft),
    ...FALSE_POSITIVES,
    `level: ${draft.level}`,
  ];
}

function bodyLines({ logsource, tests, agentOnly }: RuleDraft): readonly string[] {
  return [
    ...logsourceLines(logsource),
    'detection:',
    ...(agentOnly ? ['  agent:', '    process.ai_agent.name|exists: true'] : []),
    '  selection:',
    ...tests.flatMap((test) => testLines(test, '    ')),
    `  condition: ${agentOnly ? 'agent and selection' : 'selection'}`,
  ];
}

function correlationLines(draft: RuleDraft, window: DraftWindow): readonly string[] {
  const { count, timespan, groupBy, distinct, id } = window;
  return [
    ...headLines(draft, id),
    'correlation:',
    `  type: ${distinct === undefined ? 'event_count' : 'value_count'}`,
    '  rules:',
    `    - ${countedName(draft)}`,
    ...(groupBy.length === 0 ? [] : ['  group-by:', ...groupBy.map((field) => `    - ${field}`)]),
    `  timespan: ${timespan}`,
    '  condition:',
    `    gte: ${count}`,
    ...(distinct === undefined ? [] : [`    field: ${distinct}`]),
    ...FALSE_POSITIVES,
    `level: ${draft.level}`,
  ];
}

function countedLines(draft: RuleDraft): readonly string[] {
  return [
    `title: ${yamlText(`${draft.title}: One Event`)}`,
    `id: ${draft.id}`,
    `name: ${countedName(draft)}`,
    'status: experimental',
    `description: One event of "${draft.title.replaceAll('"', "'")}". Counted by it, no alert by itself.`,
    `date: ${draft.date}`,
    ...bodyLines(draft),
    'level: low',
  ];
}
