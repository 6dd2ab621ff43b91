import type { ProcessFacts, Scalar } from '../../src/event/event.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { SyntheticEvent } from '../../src/workbench/synthetic-event.ts';

/** A policy for tests: the image `/agents/NAME` is the agent NAME, and node running `NAME.js` too. */
export const policy: Policy = {
  agent: ({ executable = '', commandLine = '' }) => {
    const own = /^(?:\/agents\/|C:\\agents\\)([a-z]+)(?:\.exe)?$/.exec(executable);
    if (own !== null) return own[1];
    return executable.endsWith('/node') ? /([a-z]+)\.js/.exec(commandLine)?.[1] : undefined;
  },
  list: (name) =>
    name === 'known_destinations'
      ? ['known.example.com', '*.vendor.com', 'runtime.*.cloud.com', '203.0.113.9']
      : undefined,
};

let index = 0;

/** An event of a category at a time, about a process. */
export function event(
  category: string,
  time: number,
  process?: ProcessFacts,
  fields: Readonly<Record<string, Scalar>> = {},
): SyntheticEvent {
  index += 1;
  const host = typeof fields['host'] === 'string' ? fields['host'] : 'h';
  const entries = Object.entries(fields).filter(([name]) => name !== 'host');
  return new SyntheticEvent({ time, index, host, category, process, fields: new Map(entries) });
}
