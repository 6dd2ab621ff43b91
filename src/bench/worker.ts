import { assert } from '../base/assert.ts';
import { createDetector } from '../runtime/detector.ts';
import { decoderNamed } from '../runtime/scan/scan.ts';
import { serve } from '../runtime/workers/serve.ts';
import { parsePass, productPass, sigmaPass, type Subject } from './passes.ts';
import { inputOfShare, type Share } from './share.ts';

/** What a bench's worker starts from. */
export interface BenchWorkerData {
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly inputFormat: string;
}

export type PassName = 'parse' | 'sigma' | 'product';

export type BenchOrder =
  | { readonly kind: 'take'; readonly share: Share }
  | { readonly kind: 'pass'; readonly pass: PassName };

/** What a pass took and found, or that the share was taken. */
export interface BenchWorkerReport {
  readonly seconds: number;
  /** Of this thread alone. */
  readonly cpuSeconds: number;
  readonly matches: number;
  readonly alerts: readonly string[];
}

serve<BenchWorkerData, BenchOrder, BenchWorkerReport>(({ rules, lists, inputFormat }, report) => {
  const decoder = decoderNamed(inputFormat);
  const detector = createDetector({ rules, lists, decoder });
  let subject: Subject | undefined;
  return async (order) => {
    if (order.kind === 'take') {
      subject = { detector, decoder, input: inputOfShare(order.share) };
      report({ seconds: 0, cpuSeconds: 0, matches: 0, alerts: [] });
      return;
    }
    assert(subject !== undefined, 'a worker has its records before it is measured');
    const started = performance.now();
    const cpu = process.threadCpuUsage();
    const found = await run(order.pass, subject);
    const { user, system } = process.threadCpuUsage(cpu);
    const seconds = (performance.now() - started) / 1e3;
    report({ seconds, cpuSeconds: (user + system) / 1e6, ...found });
  };
});

async function run(
  pass: PassName,
  subject: Subject,
): Promise<Pick<BenchWorkerReport, 'matches' | 'alerts'>> {
  if (pass === 'sigma') return { matches: sigmaPass(subject).matches, alerts: [] };
  if (pass === 'product') return { matches: 0, alerts: (await productPass(subject)).found };
  parsePass(subject);
  return { matches: 0, alerts: [] };
}
