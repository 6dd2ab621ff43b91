import type { Decoder } from '../decoders/decoder.ts';
import { createEnrichments } from '../enrichment/index.ts';
import type { Enrichments } from '../enrichment/enrichment.ts';
import { createCrossEngine, createEngine, defaultLimits } from '../engine/create.ts';
import type { Engine, EngineLimits } from '../engine/engine.ts';
import { createMatcher, type Matcher } from '../engine/matcher.ts';
import type { Revive } from '../engine/kept.ts';
import { fitsLogsource, knownLogsources } from '../event/logsource.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { decodeRecord } from './decoding.ts';
import { loadPolicy } from './policy-files.ts';
import { loadRules, type LoadedRules, type RuleOptions } from './rule-files.ts';

export interface DetectorOptions extends RuleOptions {
  /** Rule files and folders. */
  readonly rules: readonly string[];
  /** Folders of lists; later ones win over earlier ones. */
  readonly lists: readonly string[];
  /** The decoder that revives waiting events from a snapshot. */
  readonly decoder: Decoder;
  readonly limits?: Partial<EngineLimits>;
  /** True: hits of correlations across hosts are given away. */
  readonly handsOver?: boolean;
}

/** Rules, policy and engine of one task, put together. */
export interface Detector {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly enrichments: Enrichments;
  readonly matcher: Matcher;
  readonly engine: Engine;
  readonly limits: EngineLimits;
  /** Rules in force whose log source no decoder serves: they can not match, and that is said. */
  readonly unserved: readonly LinkedDetection[];
  /** Rules that ask for a list that nobody has defined: they are off. */
  readonly disabled: readonly RuleProblem[];
  /** Of reading, linking, lists and compiling. */
  readonly problems: readonly RuleProblem[];
}

/** Loads everything from files and compiles it. Broken rules are among the problems; the others work. */
export function createDetector(options: DetectorOptions): Detector {
  return loadDetector(options)(options.decoder);
}

/** Loads everything from files once; each call gives a detector with a state of its own. */
export function loadDetector(
  options: Omit<DetectorOptions, 'decoder'>,
): (decoder: Decoder) => Detector {
  const lists = loadPolicy(options.lists);
  const rules = loadRules(options.rules, { ...options, overrides: lists.overrides });
  return (decoder) => assemble({ ...options, decoder }, lists, rules);
}

function assemble(
  options: DetectorOptions,
  lists: ReturnType<typeof loadPolicy>,
  rules: LoadedRules,
): Detector {
  const enrichments = createEnrichments(lists.policy);
  const matcher = createMatcher({ ruleSet: rules.ruleSet, policy: lists.policy, enrichments });
  const limits: EngineLimits = { ...defaultLimits, ...options.limits };
  const engine = createEngine({
    ruleSet: rules.ruleSet,
    matcher,
    enrichments,
    limits,
    revive: reviver(options.decoder),
    ...(options.handsOver === undefined ? {} : { handsOver: options.handsOver }),
  });
  const unserved = rules.ruleSet.detections.filter((detection) => !isServed(detection));
  return {
    ruleSet: rules.ruleSet,
    policy: lists.policy,
    enrichments,
    matcher,
    engine,
    limits,
    unserved,
    disabled: matcher.problems,
    problems: [
      ...lists.problems,
      ...rules.problems,
      ...matcher.problems,
      ...unserved.map(unservedProblem),
    ],
  };
}

/** The same rules, compiled and warm, with trackers and windows that know nothing yet. */
export function restarted(detector: Detector, decoder: Decoder): Detector {
  const { ruleSet, matcher, limits } = detector;
  const enrichments = createEnrichments(detector.policy);
  const engine = createEngine({ ruleSet, matcher, enrichments, limits, revive: reviver(decoder) });
  return { ...detector, enrichments, engine };
}

/** An engine for the hits of other tasks, under the rules of a detector; `decoder` reads their events. */
export function createAcrossHosts(detector: Detector, decoder: Decoder): Engine {
  const { ruleSet, matcher, limits } = detector;
  return createCrossEngine({ ruleSet, matcher, limits, revive: reviver(decoder) });
}

function reviver(decoder: Decoder): Revive {
  return (record, index) => decodeRecord(decoder, record).events[index];
}

function isServed(detection: LinkedDetection): boolean {
  const { logsource } = detection.outline ?? detection.rule;
  return knownLogsources().some((known) => fitsLogsource(logsource, known));
}

function unservedProblem({ rule }: LinkedDetection): RuleProblem {
  const { product, category, service } = rule.logsource;
  const asked = Object.entries({ product, category, service })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`);
  return {
    severity: 'warning',
    code: 'unserved-logsource',
    message: `no decoder serves ${asked.join(', ')}: '${rule.title}' can not match`,
    file: rule.source.file,
    line: rule.source.line,
    column: 1,
    ruleId: rule.id,
  };
}
