import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { decoders } from '../decoders/index.ts';
import type { Engine } from '../engine/engine.ts';
import { planStream } from '../engine/plan.ts';
import type { RuleProblem } from '../language/problem.ts';
import { createAcrossHosts, loadDetector, type Detector } from './detector.ts';
import { epochOf, type EpochParts } from './epoch.ts';
import { today } from './overrides.ts';
import { compareRules, type RuleChanges } from './rule-changes.ts';
import { filesBelow } from './rule-files.ts';

/** What came of reading the rules again. */
export type Reload =
  /** The files say what they said before. */
  | { readonly kind: 'unchanged' }
  /** Something is wrong that was not wrong before: the rules in force stay. */
  | { readonly kind: 'refused'; readonly problems: readonly RuleProblem[]; readonly why: string }
  | { readonly kind: 'taken'; readonly changes: RuleChanges; readonly off: readonly string[] };

/** Where rules come from, and what becomes of hits of those across hosts. */
export interface RuleSources extends EpochParts {
  readonly handsOver?: boolean;
}

interface Loaded {
  readonly epoch: string;
  readonly make: (decoder: Decoder) => Detector;
  /** A detector whose rules are looked at; it never sees an event. */
  readonly sample: Detector;
}

/**
 * Rules, lists and pipelines as the service reads them from their files, and reads them again while
 * it runs: all of them together or none.
 */
export class RulesInForce {
  readonly #parts: RuleSources;
  #loaded: Loaded;
  #seen: string;
  #settled: string;

  /** Throws the Failure of a file that can not be read; broken rules are problems of `sample`. */
  constructor(parts: RuleSources) {
    this.#parts = parts;
    this.#seen = this.#look();
    this.#settled = this.#seen;
    this.#loaded = load(parts);
  }

  get epoch(): string {
    return this.#loaded.epoch;
  }

  get sample(): Detector {
    return this.#loaded.sample;
  }

  /** True if a rule in force groups across hosts. */
  get reachesAcrossHosts(): boolean {
    return planStream(this.#loaded.sample.ruleSet).hasCrossHost;
  }

  /** An engine for hits of other tasks, under the rules in force. */
  acrossHosts(decoder: Decoder): Engine {
    return createAcrossHosts(this.#loaded.sample, decoder);
  }

  /** A detector of the rules in force, with a state of its own. */
  detector(decoder: Decoder): Detector {
    return this.#loaded.make(decoder);
  }

  /** Reads everything again. What is new is in force only if nothing is wrong that was right before. */
  reload(): Reload {
    this.#settled = this.#look();
    let next: Loaded;
    try {
      next = load(this.#parts);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Files may go while they are read.
      if (!(error instanceof Failure) && code === undefined) throw error;
      return { kind: 'refused', problems: [], why: (error as Error).message };
    }
    if (next.epoch === this.#loaded.epoch) return { kind: 'unchanged' };
    const problems = newErrors(this.#loaded.sample, next.sample);
    if (problems.length > 0) {
      return { kind: 'refused', problems, why: 'rules or lists are broken that were not before' };
    }
    const { detections, correlations } = next.sample.ruleSet;
    if (detections.length + correlations.length === 0) {
      return { kind: 'refused', problems: [], why: 'there is no rule any more' };
    }
    const before = this.#loaded.sample;
    this.#loaded = next;
    return {
      kind: 'taken',
      changes: compareRules(before.ruleSet, next.sample.ruleSet),
      off: offIn(next.sample).filter((id) => !offIn(before).includes(id)),
    };
  }

  /**
   * True when the files have changed since they were last read, and have been left alone since the
   * last look: whoever copies a folder of rules is waited for.
   */
  hasChanged(): boolean {
    const now = this.#look();
    const isStill = now === this.#seen;
    this.#seen = now;
    return isStill && now !== this.#settled;
  }

  // Names, sizes and times of all files, and the day, with which overrides expire; a text for what can not be looked at.
  #look(): string {
    const { rules, lists, pipelines } = this.#parts;
    try {
      const files = [
        ...filesBelow(rules),
        ...lists.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))),
        ...pipelines,
      ];
      return files
        .map((file) => {
          const { size, mtimeMs, ino } = statSync(file);
          return `${file}\0${String(size)}\0${String(mtimeMs)}\0${String(ino)}`;
        })
        .concat(today())
        .join('\n');
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function load(parts: RuleSources): Loaded {
  const epoch = epochOf(parts);
  const make = loadDetector(parts);
  const [decoder] = decoders;
  if (decoder === undefined) throw new Error('the shelf of decoders is not empty');
  return { epoch, make, sample: make(decoder) };
}

function newErrors(before: Detector, after: Detector): readonly RuleProblem[] {
  const known = new Set(before.problems.filter(isError).map(nameOf));
  return after.problems.filter((problem) => isError(problem) && !known.has(nameOf(problem)));
}

function isError({ severity }: RuleProblem): boolean {
  return severity === 'error';
}

function nameOf({ file, code, message }: RuleProblem): string {
  return JSON.stringify([file, code, message]);
}

function offIn({ disabled }: Detector): readonly string[] {
  return disabled.flatMap(({ ruleId }) => (ruleId === undefined ? [] : [ruleId]));
}
