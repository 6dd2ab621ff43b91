import { assert } from '../base/assert.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { RuleProblem } from '../language/problem.ts';
import { createDetector, type Detector, type DetectorOptions } from '../runtime/detector.ts';
import { median, Stopwatch, type Cost } from './cpu.ts';
import type { BenchInput } from './input.ts';
import {
  decodePass,
  digestOf,
  parsePass,
  productPass,
  programsPass,
  routeNs,
  sigmaPass,
  type DecodeCost,
  type ProductCost,
  type ProgramsCost,
  type SigmaCost,
  type Subject,
} from './passes.ts';
import type { BenchReport, Rate, Stages } from './report.ts';

/** Rules and decoder of a bench. */
export interface BenchRules {
  readonly detector: Detector;
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  readonly loadCpuSeconds: number;
}

/** Reads and links the rules, or opens their pack, and measures that. */
export function loadBenchRules(
  options: Pick<DetectorOptions, 'rules' | 'lists' | 'decoder' | 'onNotice'>,
): BenchRules {
  const watch = new Stopwatch();
  const detector = createDetector(options);
  const { cpuSeconds } = watch.lap();
  const { detections, correlations } = detector.ruleSet;
  return {
    detector,
    rules: detections.length + correlations.length,
    problems: detector.problems,
    loadCpuSeconds: cpuSeconds,
  };
}

export interface BenchOptions {
  readonly lane: string;
  readonly rules: BenchRules;
  readonly decoder: Decoder;
  readonly input: BenchInput;
  /** Rounds that count; others go before them. */
  readonly rounds: number;
  /** Told before each pass: what it is, and which part of the work is behind. */
  readonly onPass?: (name: string, share: number) => void;
}

interface Round {
  readonly parse: Cost;
  readonly decode: DecodeCost;
  readonly routeNs: number;
  readonly sigma: SigmaCost;
  readonly product: ProductCost;
}

const PASSES = 4;

/** Rounds that warm up: compilers take two to settle on the code of the whole product. */
const WARM_ROUNDS = 2;

/** Runs all passes in turn, round after round, and reports medians. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { rules, decoder, input } = options;
  const subject: Subject = { detector: rules.detector, decoder, input };
  // Before anything is matched: a log source's program is made when it is first asked for.
  const programs = programsPass(subject);
  const rounds: Round[] = [];
  for (let number = 0; number < WARM_ROUNDS + options.rounds; number += 1) {
    rounds.push(await round(subject, options, number));
  }
  const [cold] = rounds;
  assert(cold !== undefined, 'there is a first round');
  return reportOf(options, programs, cold, rounds.slice(WARM_ROUNDS));
}

/** One after the other, and in odd rounds backwards, so that no pass always follows the same one. */
async function round(subject: Subject, options: BenchOptions, number: number): Promise<Round> {
  let done = number * PASSES;
  const all = (WARM_ROUNDS + options.rounds) * PASSES;
  const which =
    number < WARM_ROUNDS ? 'warming up' : `round ${number - WARM_ROUNDS + 1} of ${options.rounds}`;
  const next = (name: string): void => {
    options.onPass?.(`${which}: ${name}`, done / all);
    done += 1;
  };
  const parse = (): Cost => (next('JSON.parse alone'), parsePass(subject));
  const decode = (): DecodeCost => (next('decode'), decodePass(subject));
  const sigma = (): SigmaCost => (next('decode and match'), sigmaPass(subject));
  const product = (): Promise<ProductCost> => (next('whole product'), productPass(subject));
  const routing = routeNs(subject);
  if (number % 2 === 0) {
    const one = { parse: parse(), decode: decode(), sigma: sigma() };
    return { ...one, routeNs: routing, product: await product() };
  }
  const whole = await product();
  const one = { sigma: sigma(), decode: decode(), parse: parse() };
  return { ...one, routeNs: routing, product: whole };
}

function reportOf(
  options: BenchOptions,
  programs: ProgramsCost,
  cold: Round,
  rounds: readonly Round[],
): BenchReport {
  const { input, rules } = options;
  const { events, refused } = cold.decode;
  const parses = rounds.map(({ parse }) => parse);
  const sigmas = rounds.map((one) => one.sigma);
  const products = rounds.map((one) => one.product);
  const rate = (costs: readonly Cost[]): Rate => ({
    ...rateOf(costs, events, input.bytes),
    ofParse: ratioOf(costs, parses),
  });
  const sigma = rate(sigmas);
  return {
    lane: options.lane,
    rounds: rounds.length,
    rules: rules.rules,
    records: input.records.length,
    events,
    refused,
    inputBytes: input.bytes,
    cpuSeconds: sigma.cpuSeconds,
    eventsPerCpuSecond: sigma.eventsPerCpuSecond,
    parseOnly: rate(parses),
    sigma,
    product: rate(products),
    ratio: sigma.ofParse,
    productRatio: ratioOf(products, sigmas),
    coldEventsPerCpuSecond: events / cold.sigma.cpuSeconds,
    stages: stagesOf(input, events, rounds),
    matches: cold.sigma.matches,
    alerts: cold.product.found.length,
    alertsDigest: digestOf(cold.product.found),
    rssBytes: process.resourceUsage().maxRSS * 1024,
    loadCpuSeconds: rules.loadCpuSeconds + programs.first.cpuSeconds,
    programsCpuSeconds: programs.others.cpuSeconds,
    disagreements: disagreements(input, cold, rounds),
  };
}

/** How fast these are next to a control of the same rounds. */
function ratioOf(costs: readonly Cost[], controls: readonly Cost[]): number {
  return median(costs.map((cost, round) => (controls[round]?.cpuSeconds ?? 0) / cost.cpuSeconds));
}

function rateOf(costs: readonly Cost[], events: number, bytes: number): Omit<Rate, 'ofParse'> {
  const all = costs.map((cost) => cost.cpuSeconds);
  const cpuSeconds = median(all);
  return {
    cpuSeconds,
    eventsPerCpuSecond: events / cpuSeconds,
    eventsPerSecond: events / median(costs.map((cost) => cost.seconds)),
    megabytesPerCpuSecond: bytes / cpuSeconds / 1e6,
    nsPerEvent: (cpuSeconds / events) * 1e9,
    eventsPerCpuSecondMin: events / Math.max(...all),
    eventsPerCpuSecondMax: events / Math.min(...all),
  };
}

/** Matching is what the Sigma pass costs above decoding, windows what the product costs above the others. */
function stagesOf(input: BenchInput, events: number, rounds: readonly Round[]): Stages {
  const ns = (seconds: (one: Round) => number): number =>
    (median(rounds.map((one) => seconds(one))) / events) * 1e9;
  const decode = ns(({ product }) => product.decode.cpuSeconds);
  const route = median(rounds.map((one) => one.routeNs));
  const judged = ns(({ sigma, decode: bare }) => sigma.cpuSeconds - bare.cpuSeconds);
  const match = Math.max(0, judged - route);
  const alert = ns(({ product }) => product.alert.cpuSeconds);
  const whole = ns(({ product }) => product.cpuSeconds);
  return {
    read: (input.read.cpuSeconds / events) * 1e9,
    decode,
    route,
    match,
    windows: Math.max(0, whole - decode - route - match - alert),
    alert,
  };
}

function disagreements(input: BenchInput, cold: Round, rounds: readonly Round[]): string[] {
  const found: string[] = [];
  const alerts = cold.product.found.length;
  for (const [index, { sigma, product, decode }] of rounds.entries()) {
    const name = `round ${index + 1}`;
    if (decode.events !== cold.decode.events)
      found.push(`${name}: ${decode.events} events, before ${cold.decode.events}`);
    if (sigma.matches !== cold.sigma.matches)
      found.push(`${name}: ${sigma.matches} matches, before ${cold.sigma.matches}`);
    if (digestOf(product.found) !== digestOf(cold.product.found))
      found.push(`${name}: ${product.found.length} alerts, not the same as the ${alerts} before`);
  }
  const { alertsExpected } = input;
  if (alertsExpected !== undefined && alerts !== alertsExpected)
    found.push(`${alerts} alerts, where ${alertsExpected} must be found`);
  return found;
}
