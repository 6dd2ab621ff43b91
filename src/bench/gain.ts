import { assert } from '../base/assert.ts';
import { moduleBeside, Thread } from '../runtime/workers/thread.ts';
import { median } from './cpu.ts';
import { digestOf } from './passes.ts';
import type { BenchReport, Gain, WorkersReport } from './report.ts';
import { movables, type Share } from './share.ts';
import type { BenchOrder, BenchWorkerData, BenchWorkerReport, PassName } from './worker.ts';

const PASSES: readonly PassName[] = ['parse', 'sigma', 'product'];

export interface GainOptions {
  readonly setup: BenchWorkerData;
  /** One for each worker; they are moved there. */
  readonly shares: readonly Share[];
  /** Rounds that count; one more goes before them. */
  readonly rounds: number;
  /** What one thread found in all of them. */
  readonly alone: Pick<BenchReport, 'matches'> & { readonly digest: string };
  readonly onPass?: (name: string, share: number) => void;
}

/** Once by the workers in turn, once by all at a time. */
interface Measured {
  readonly inTurn: readonly BenchWorkerReport[];
  readonly together: readonly BenchWorkerReport[];
}

/**
 * What several workers gain: each holds records of its own and has compiled the rules for itself. In each round they
 * do a pass one after the other, as one worker would do all of it, and then at the same time. JSON.parse alone shows
 * what the machine has to give.
 */
export async function measureGain(options: GainOptions): Promise<WorkersReport> {
  const { setup, shares, rounds, onPass } = options;
  await using crew = new BenchCrew(setup, shares.length);
  await crew.take(shares);
  const measured = new Map<PassName, Measured[]>(PASSES.map((pass) => [pass, []]));
  const disagreements: string[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, pass] of PASSES.entries()) {
      const done = (round * PASSES.length + index) / ((rounds + 1) * PASSES.length);
      onPass?.(`${shares.length} workers, round ${round} of ${rounds}: ${pass}`, done);
      const both: Measured = {
        inTurn: await crew.inTurn(pass),
        together: await crew.together(pass),
      };
      disagreements.push(...disagreementsOf(pass, both, options.alone));
      if (round > 0) measured.get(pass)?.push(both);
    }
  }
  const parse = measured.get('parse') ?? [];
  return {
    workers: shares.length,
    rounds,
    parse: gainOf(parse, parse),
    sigma: gainOf(measured.get('sigma') ?? [], parse),
    product: gainOf(measured.get('product') ?? [], parse),
    disagreements: [...new Set(disagreements)],
  };
}

function disagreementsOf(pass: PassName, both: Measured, alone: GainOptions['alone']): string[] {
  return Object.entries(both).flatMap(([how, reports]: [string, Measured['inTurn']]) => {
    const matches = reports.reduce((sum, report) => sum + report.matches, 0);
    const digest = digestOf(reports.flatMap(({ alerts }) => alerts));
    if (pass === 'sigma' && matches !== alone.matches) {
      return [`workers ${how}: ${matches} matches, one thread found ${alone.matches}`];
    }
    if (pass === 'product' && digest !== alone.digest) {
      return [`workers ${how}: not the alerts that one thread found`];
    }
    return [];
  });
}

function gainOf(rounds: readonly Measured[], control: readonly Measured[]): Gain {
  const clock = rounds.map(byClock);
  const processor = rounds.map(byProcessor);
  const ratio = (gains: readonly number[], of: (round: Measured) => number): number =>
    median(gains.map((gain, round) => gain / of(at(control, round))));
  return {
    gain: median(clock),
    gainMin: Math.min(...clock),
    gainMax: Math.max(...clock),
    ofParse: ratio(clock, byClock),
    gainByProcessor: median(processor),
    ofParseByProcessor: ratio(processor, byProcessor),
  };
}

function at(rounds: readonly Measured[], index: number): Measured {
  const round = rounds[index];
  assert(round !== undefined, 'every round has its control');
  return round;
}

function byClock({ inTurn, together }: Measured): number {
  const alone = inTurn.reduce((sum, { seconds }) => sum + seconds, 0);
  return alone / Math.max(...together.map(({ seconds }) => seconds));
}

// As many times as there are workers, less what they slow each other down: other work on the machine, which takes
// turns with them, does not count.
function byProcessor({ inTurn, together }: Measured): number {
  const cpu = (reports: readonly BenchWorkerReport[]): number =>
    reports.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return (together.length * cpu(inTurn)) / cpu(together);
}

/** The workers of a bench, each of which does one thing at a time. */
class BenchCrew implements AsyncDisposable {
  private readonly threads: Thread<BenchOrder, BenchWorkerReport>[] = [];
  private readonly answers: ((report: BenchWorkerReport) => void)[] = [];
  private readonly failed = Promise.withResolvers<never>();

  constructor(data: BenchWorkerData, count: number) {
    this.failed.promise.catch(() => undefined);
    for (let index = 0; index < count; index += 1) {
      const thread = new Thread<BenchOrder, BenchWorkerReport>({
        module: moduleBeside(import.meta.url, './worker'),
        data,
        onReport: (report) => this.answers[index]?.(report),
        onError: (error) => this.failed.reject(error),
      });
      this.threads.push(thread);
    }
  }

  async take(shares: readonly Share[]): Promise<void> {
    await Promise.all(
      shares.map((share, index) => this.ask(index, { kind: 'take', share }, movables(share))),
    );
  }

  async inTurn(pass: PassName): Promise<readonly BenchWorkerReport[]> {
    const reports: BenchWorkerReport[] = [];
    for (const index of this.threads.keys()) {
      reports.push(await this.ask(index, { kind: 'pass', pass }));
    }
    return reports;
  }

  together(pass: PassName): Promise<readonly BenchWorkerReport[]> {
    return Promise.all(this.threads.map((_, index) => this.ask(index, { kind: 'pass', pass })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  private ask(
    index: number,
    order: BenchOrder,
    moved: ArrayBuffer[] = [],
  ): Promise<BenchWorkerReport> {
    const { promise, resolve } = Promise.withResolvers<BenchWorkerReport>();
    this.answers[index] = resolve;
    this.threads[index]?.order(order, moved);
    return Promise.race([promise, this.failed.promise]);
  }
}
