import { expect } from 'chai';

import { tidegate } from './command.ts';

describe('tidegate osquery', () => {
  const calls: readonly (readonly [string, readonly string[], number, string])[] = [
    ['needs a socket', ['SELECT 1'], 2, '--socket'],
    ['needs a query', ['', '--socket', '/nowhere'], 2, 'the query is empty'],
    ['says that there is no socket', ['SELECT 1', '--socket', '/nowhere'], 1, 'no such socket'],
    ['reads times', ['SELECT 1', '--socket', '/nowhere', '--timeout', 'long'], 2, '--timeout'],
  ];
  for (const [what, args, code, said] of calls) {
    it(what, async () => {
      const run = await tidegate(['osquery', ...args]);
      expect(run.code, run.stderr).to.equal(code);
      expect(run.stderr).to.include(said);
    });
  }
});
