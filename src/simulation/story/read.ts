import { SchemaCheck } from '../../base/schema.ts';
import { LineIndex, plainYaml, readYaml } from '../../base/yaml.ts';
import type { YamlNode } from '../../base/yaml.ts';
import { systems } from '../action.ts';
import { readDeeds, readTime } from './read-deed.ts';
import type { RawDeed } from './read-deed.ts';
import { storySchema } from './schema.ts';
import type { AgentName, ExpectedAlert, KnownGap, Story } from './story.ts';
import { checkStory } from './check.ts';

/** What is wrong with a scenario file; lines and columns are 1-based. */
export interface StoryProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface StoryFile {
  readonly story: Story | undefined;
  readonly problems: readonly StoryProblem[];
}

const check = new SchemaCheck(storySchema);

/** Reads the text of a scenario file; all problems are told together. */
export function readStory(name: string, text: string): StoryFile {
  const lines = new LineIndex(text);
  const { documents, problems } = readYaml(text);
  const [document] = documents;
  const broken = [...problems, ...documents.flatMap((each) => each.problems)];
  if (broken.length > 0) {
    const told = broken.map(({ offset, message }) => ({ ...lines.place(offset), message }));
    return { story: undefined, problems: told };
  }
  if (document === undefined || documents.length > 1) {
    return { story: undefined, problems: [{ line: 1, column: 1, message: 'is not one document' }] };
  }
  const value = plainYaml(document.root);
  const unfit = check.problems(value).map(({ path, message }) => ({
    ...lines.place(offsetOf(document.root, path)),
    message: path.length === 0 ? message : `${path.join('.')} ${sentence(message)}`,
  }));
  if (unfit.length > 0) return { story: undefined, problems: unfit };
  const story = storyOf(name, value as RawStory);
  const wrong = checkStory(story).map((message) => ({ line: 1, column: 1, message }));
  return { story: wrong.length === 0 ? story : undefined, problems: wrong };
}

// The only choice of a deed is that of its verb.
function sentence(message: string): string {
  return message === 'has none of the allowed forms' ? 'must say one thing that is done' : message;
}

interface RawStory {
  readonly title: string;
  readonly kind: Story['kind'];
  readonly description: string;
  readonly systems?: Story['systems'];
  readonly agent?: AgentName | 'any' | 'none';
  readonly deeds: readonly RawDeed[];
  readonly alerts?: {
    readonly must?: readonly RawAlert[];
    readonly must_not?: readonly string[];
    readonly missed?: readonly KnownGap[];
  };
}

interface RawAlert {
  readonly rule: string;
  readonly evidence: readonly string[];
  readonly within: string;
  readonly systems?: ExpectedAlert['systems'];
  readonly needs?: readonly string[];
  readonly not_on?: Readonly<Record<string, string>>;
}

function storyOf(name: string, raw: RawStory): Story {
  const { title, kind, agent, alerts } = raw;
  const where = raw.systems ?? systems;
  return {
    name,
    title,
    kind,
    description: raw.description.trim(),
    systems: where,
    agent: agent === 'none' ? undefined : (agent ?? 'any'),
    deeds: readDeeds(raw.deeds),
    must: (alerts?.must ?? []).map((alert) => ({
      rule: alert.rule,
      evidence: alert.evidence,
      withinMs: readTime(alert.within),
      systems: (alert.systems ?? where).filter((system) => where.includes(system)),
      needs: alert.needs,
      notOn: alert.not_on ?? {},
    })),
    mustNot: alerts?.must_not ?? [],
    missed: alerts?.missed ?? [],
  };
}

function offsetOf(root: YamlNode, path: readonly string[]): number {
  let node = root;
  for (const key of path) {
    const next =
      node.kind === 'map'
        ? node.entries.get(key)?.value
        : node.kind === 'list'
          ? node.items[Number(key)]
          : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node.offset;
}
