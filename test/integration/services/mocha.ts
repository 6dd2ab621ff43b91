import { stopShared } from './shared.ts';

/** Mocha calls it after the last suite, in every run that requires this file. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopShared();
}
