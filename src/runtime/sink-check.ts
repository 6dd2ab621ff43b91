import { Failure } from '../base/failure.ts';
import { sinkKind } from '../sinks/index.ts';
import type { PartConfig } from './config/config.ts';
import type { Logger } from './log.ts';

/** Says at the start what a sink lacks. It holds up nothing: the sink itself decides what it needs. */
export async function checkSink(
  name: string,
  { kind, settings }: PartConfig,
  log: Logger,
): Promise<void> {
  try {
    const findings = (await sinkKind(kind).check?.(settings)) ?? [];
    for (const { what, isOk, detail } of findings) {
      if (!isOk) log.warn({ sink: name, what }, detail);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.warn({ sink: name, code: error.code }, error.message);
  }
}
