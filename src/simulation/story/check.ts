import type { DeedLine, PerSystem, Story, StoryDeed } from './story.ts';
import { isOn } from './cast.ts';
import { braceNames, bracesOf, wordsOf } from './text.ts';

const ALWAYS_THERE = ['system', 'session', 'terminal'] as const;

/** What the schema can not say: names that nobody has, words that a system lacks, alerts of nothing. */
export function checkStory(story: Story): readonly string[] {
  const problems: string[] = [];
  const { agent } = story;
  const there = new Set<string>([...ALWAYS_THERE, ...(agent === undefined ? [] : ['agent'])]);
  const labels = new Set<string>();
  checkDeeds(story.deeds, { story, there, labels, problems });
  if (agent !== undefined && agent !== 'any') {
    const missing = story.systems.filter((system) => !isOn(agent, system));
    if (missing.length > 0) problems.push(`${agent} is not on ${missing.join(', ')}`);
  }
  for (const { rule, evidence } of story.must) {
    const unknown = evidence.filter((label) => !labels.has(label));
    if (unknown.length > 0) problems.push(`${rule}: no deed has the label ${unknown.join(', ')}`);
  }
  if (story.kind === 'attack' && story.must.length === 0) {
    problems.push('an attack names the alerts that must come');
  }
  if (
    story.kind === 'evasion' &&
    story.must.length + story.mustNot.length + story.missed.length === 0
  ) {
    problems.push('an evasion names the alerts that must come, or the gap that hides it');
  }
  if (story.kind === 'honest' && story.must.length + story.missed.length > 0) {
    problems.push('on an honest day no alert must come');
  }
  return problems;
}

interface Checking {
  readonly story: Story;
  readonly there: Set<string>;
  readonly labels: Set<string>;
  readonly problems: string[];
}

function checkDeeds(lines: readonly DeedLine[], checking: Checking): void {
  const { story, there, labels, problems } = checking;
  for (const { by, label, on, what } of lines) {
    if (by !== undefined && !there.has(by)) problems.push(`by: nobody is called ${by}`);
    if (label !== undefined) labels.add(label);
    for (const text of textsOf(what)) {
      const lacking = (on ?? story.systems).filter((system) => wordsOf(text, system) === undefined);
      if (lacking.length > 0) problems.push(`${what.kind}: no words for ${lacking.join(', ')}`);
      const all = typeof text === 'string' ? [text] : Object.values(text);
      for (const name of all.flatMap(bracesOf)) {
        if (!braceNames.includes(name)) problems.push(`{${name}} stands for nothing`);
      }
    }
    if (what.kind === 'end' && !there.has(what.process)) {
      problems.push(`end: nobody is called ${what.process}`);
    }
    if (what.kind !== 'start' && what.kind !== 'run') continue;
    if (what.id !== undefined) there.add(what.id);
    checkDeeds(what.does, checking);
  }
}

function textsOf(what: StoryDeed): readonly PerSystem[] {
  switch (what.kind) {
    case 'start':
      return [what.program, what.words];
    case 'run':
      return [what.words];
    case 'read':
    case 'create':
    case 'write':
    case 'delete':
    case 'print':
      return [what.path];
    case 'rename':
      return [what.path, what.to];
    case 'connect':
      return [what.to];
    case 'upload':
    case 'fetch':
      return [what.url];
    case 'tool':
      return Object.values(what.input);
    default:
      return [];
  }
}
