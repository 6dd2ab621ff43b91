import { expect } from 'chai';

import { compareAlerts } from '../../../src/workbench/backtest/compare.ts';
import type { PastAlert } from '../../../src/workbench/backtest/lane.ts';

function alert(rule: string, host: string, first: number, last: number): PastAlert {
  return { ruleId: rule, host, key: [], first, last, count: 1, value: undefined };
}

describe('comparison of two versions', () => {
  // [what, now, before, added, gone, same]
  type Alerts = readonly PastAlert[];
  const rows: readonly (readonly [string, Alerts, Alerts, number, number, number])[] = [
    ['nothing', [], [], 0, 0, 0],
    ['equal', [alert('r', 'h', 1, 5)], [alert('r', 'h', 1, 5)], 0, 0, 1],
    ['overlapping', [alert('r', 'h', 1, 5)], [alert('r', 'h', 5, 9)], 0, 0, 1],
    ['one after the other', [alert('r', 'h', 1, 4)], [alert('r', 'h', 5, 9)], 1, 1, 0],
    ['another host', [alert('r', 'h', 1, 5)], [alert('r', 'i', 1, 5)], 1, 1, 0],
    ['another rule', [alert('r', 'h', 1, 5)], [alert('s', 'h', 1, 5)], 1, 1, 0],
    [
      'one that became two',
      [alert('r', 'h', 1, 2), alert('r', 'h', 4, 5)],
      [alert('r', 'h', 1, 5)],
      1,
      0,
      1,
    ],
  ];
  for (const [what, now, before, added, gone, same] of rows) {
    it(what, () => {
      const result = compareAlerts(now, before);
      expect([result.added.length, result.gone.length, result.same]).to.deep.equal([
        added,
        gone,
        same,
      ]);
    });
  }
});
