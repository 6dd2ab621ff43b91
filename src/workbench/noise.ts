import type { TelemetryEvent } from '../event/event.ts';
import type { LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { MatchReader } from './match-reader.ts';
import { filterYaml, plainValue } from './sigma-text.ts';
import { firstText } from './subject-of.ts';

/** What a rule's hits have in common, in the fields that tell programs and people apart. */
export interface NoiseKey {
  /** Field, then value. */
  readonly values: ReadonlyMap<string, string>;
  readonly hits: number;
  readonly hosts: number;
}

/** How much a rule has to say. */
export interface RuleNoise {
  readonly rule: LinkedDetection;
  readonly hits: number;
  readonly hosts: number;
  readonly perHostDay: number;
  /** Most hits first. */
  readonly keys: readonly NoiseKey[];
}

/** A key is a tuple of those of these fields that the event has. */
const KEY_FIELDS: readonly string[] = ['Image', 'ParentImage', 'User', 'process.ai_agent.name'];
/** More keys of one rule are counted together: a list of thousands helps nobody. */
const KEYS_MAX = 5_000;
const DAY_MS = 86_400_000;

interface Counted {
  readonly values: ReadonlyMap<string, string>;
  readonly hosts: Set<string>;
  hits: number;
}

interface RuleCounts {
  readonly keys: Map<string, Counted>;
  readonly hosts: Set<string>;
  hits: number;
}

/** Counts what rules match in a stretch of telemetry, those without an alert of their own too. */
export class NoiseCounter {
  readonly #ruleSet: RuleSet;
  readonly #reader: MatchReader;
  readonly #counts = new Map<LinkedDetection, RuleCounts>();
  readonly #days = new Set<string>();

  constructor(ruleSet: RuleSet, policy: Policy) {
    this.#ruleSet = ruleSet;
    this.#reader = new MatchReader(ruleSet, policy);
  }

  /** Days on which a host had events, over all hosts. */
  get hostDays(): number {
    return this.#days.size;
  }

  observe(event: TelemetryEvent): void {
    this.#days.add(`${Math.floor(event.time / DAY_MS)} ${event.host}`);
    const { subject, rules } = this.#reader.read(event);
    for (const rule of rules) this.#count(rule, event, (field) => firstText(subject.get(field)));
  }

  /** Every rule that matched, most hits first. */
  report(): readonly RuleNoise[] {
    return [...this.#counts]
      .map(([rule, { hits, hosts, keys }]) => ({
        rule,
        hits,
        hosts: hosts.size,
        perHostDay: hits / Math.max(1, this.#days.size),
        keys: [...keys.values()]
          .map((key) => ({ values: key.values, hits: key.hits, hosts: key.hosts.size }))
          .toSorted((a, b) => b.hits - a.hits),
      }))
      .toSorted((a, b) => b.hits - a.hits);
  }

  /** How many rules matched nothing. */
  get silent(): number {
    return this.#ruleSet.detections.length - this.#counts.size;
  }

  #count(
    detection: LinkedDetection,
    { host }: TelemetryEvent,
    textOf: (field: string) => string | undefined,
  ): void {
    const counts = this.#counts.get(detection) ?? { keys: new Map(), hosts: new Set(), hits: 0 };
    this.#counts.set(detection, counts);
    counts.hits += 1;
    counts.hosts.add(host);
    const values = new Map<string, string>();
    for (const field of KEY_FIELDS) {
      const text = textOf(field);
      if (text !== undefined && text !== '') values.set(field, text);
    }
    const name = JSON.stringify([...values]);
    const key = counts.keys.get(name);
    if (key === undefined && counts.keys.size >= KEYS_MAX) return;
    const counted = key ?? { values, hosts: new Set<string>(), hits: 0 };
    counted.hits += 1;
    counted.hosts.add(host);
    counts.keys.set(name, counted);
  }
}

/** The Sigma filter that would take a key's hits out of its rule; undefined where a key says nothing. */
export function filterFor({ rule }: LinkedDetection, { values }: NoiseKey): string | undefined {
  // A person's name alone would excuse whatever that person's account does.
  const tests = [...values]
    .filter(([field]) => field === 'Image' || field === 'ParentImage')
    .map(([field, value]) => ({ key: field, values: [plainValue(value)] }));
  if (tests.length === 0) return undefined;
  return filterYaml({
    title: `${rule.title}: Known Program`,
    logsource: rule.logsource,
    rules: [rule.name ?? rule.id],
    exclusions: [tests],
  });
}
