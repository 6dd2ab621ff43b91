import { Failure } from '../../base/failure.ts';
import type { TopicFacts } from '../../kafka/topics.ts';
import type { KafkaSourceOptions, TopicSelector } from './options.ts';

/** The topics that a source reads now, by what its options select. */
export interface Subscription {
  readonly keyed: readonly string[];
  readonly references: readonly TopicFacts[];
  /** Partitions of each keyed topic, so the number of tasks. */
  readonly tasks: number;
}

/** Why there is nothing to read yet. */
export interface Missing {
  readonly missing: string;
}

/**
 * Chooses among the topics of the cluster.
 * @throws Failure `source_misconfigured` if they can not be read together.
 */
export function subscribe(
  { topics, references = [] }: Pick<KafkaSourceOptions, 'topics' | 'references'>,
  found: readonly TopicFacts[],
): Subscription | Missing {
  const visible = found.filter(({ name }) => !name.startsWith('__'));
  const missing = [...topics, ...references].find(
    (selector) => !visible.some((topic) => isSelected(selector, topic)),
  );
  if (missing !== undefined) return { missing: `no topic ${describe(missing)} yet` };
  const referenced = selectedBy(references, visible);
  const keyed = selectedBy(topics, visible);
  const both = keyed.find((topic) => referenced.includes(topic));
  if (both !== undefined) {
    throw misconfigured(`${both.name} is selected both as a keyed topic and as a reference`);
  }
  return { keyed: keyed.map(({ name }) => name), references: referenced, tasks: tasksOf(keyed) };
}

function tasksOf(keyed: readonly TopicFacts[]): number {
  const [first] = keyed;
  const other = keyed.find(({ partitions }) => partitions !== first?.partitions);
  if (first !== undefined && other !== undefined) {
    throw misconfigured(
      `topics that are read together need equal numbers of partitions, keyed in the same way: ` +
        `${first.name} has ${first.partitions}, ${other.name} has ${other.partitions}. ` +
        `Re-key one of them (tidegate repartition), or read it as a reference`,
    );
  }
  return first?.partitions ?? 0;
}

/** What differs between two looks at the cluster; undefined if nothing that matters does. */
export function changeOf(before: Subscription, now: Subscription): string | undefined {
  if (before.tasks !== now.tasks) return `partitions changed from ${before.tasks} to ${now.tasks}`;
  const names = ({ keyed, references }: Subscription): string =>
    [...keyed, ...references.map(({ name, partitions }) => `${name}/${partitions}`)].join(', ');
  return names(before) === names(now) ? undefined : `topics are now ${names(now)}`;
}

/** A changed number of partitions moves hosts between tasks, so their state does not fit any more. */
export function repartitioned(before: Subscription, now: Subscription): Failure {
  return misconfigured(
    `the partitions of ${now.keyed.join(', ')} changed from ${before.tasks} to ${now.tasks}: hosts ` +
      `are in other partitions now, so the state of the tasks does not fit. Start again: the source ` +
      `rewinds by the longest window`,
  );
}

function selectedBy(
  selectors: readonly TopicSelector[],
  found: readonly TopicFacts[],
): readonly TopicFacts[] {
  return found
    .filter((topic) => selectors.some((selector) => isSelected(selector, topic)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isSelected(selector: TopicSelector, { name }: TopicFacts): boolean {
  if (typeof selector === 'string') return selector === name;
  return new RegExp(`^(?:${selector.pattern.source})$`, selector.pattern.flags).test(name);
}

function describe(selector: TopicSelector): string {
  return typeof selector === 'string' ? selector : `like ${String(selector.pattern)}`;
}

function misconfigured(message: string): Failure {
  return new Failure('source_misconfigured', { message, retryable: false });
}
