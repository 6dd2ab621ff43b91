import { expect } from 'chai';

import { judgeWritten, prepareLive, sendTrials } from '../../../src/workbench/simulation/live.ts';
import { usualEncoders } from '../../../src/workbench/simulation/matrix.ts';
import {
  BUNDLED_SCENARIOS,
  loadScenarios,
} from '../../../src/workbench/simulation/scenario-files.ts';
import type { OutgoingRecord } from '../../../src/sinks/records/target.ts';

describe('scenarios in a running pipeline', () => {
  const now = Date.UTC(2026, 5, 9, 10);
  const { stories } = loadScenarios([BUNDLED_SCENARIOS]);
  const chosen = stories.filter(({ name }) => ['gist', 'bulk-read-slow'].includes(name));
  const encoders = usualEncoders().filter(({ sensor }) => ['osquery', 'sysmon'].includes(sensor));
  const trials = prepareLive(chosen, encoders, { seed: '1', mark: 'mark-x', now });
  const nameOf = (id: string): string => (id === 'id-1' ? 'agent_publishes' : id);

  it('are over now, on hosts of their own that bear the mark', () => {
    const arrivals = trials.flatMap(({ deliveries }) => deliveries.map(({ arrival }) => arrival));
    expect(Math.max(...arrivals)).to.be.within(now - 10_000, now);
    const hosts = trials.map(({ play }) => play.host.name);
    expect(new Set(hosts).size).to.equal(4);
    for (const host of hosts) expect(host).to.match(/^mark-x-(?:osquery|sysmon)-/);
  });

  it('are sent in order of arrival, keyed by host', async () => {
    const sent: OutgoingRecord[] = [];
    const target = {
      name: 'list',
      delivered: { records: 0, bytes: 0, retries: 0, partitions: new Map<number, number>() },
      write: (records: readonly OutgoingRecord[]) => Promise.resolve(void sent.push(...records)),
      flush: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    await sendTrials(trials, target, () => undefined);
    const lines = trials.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
    expect(sent).to.have.length(lines);
    expect(new Set(sent.map(({ key }) => key)).size).to.equal(4);
  });

  it('are found when the alert was written for their host, and open until then', () => {
    const gists = trials.filter(({ play }) => play.story.name === 'gist');
    const host = gists[0]?.play.host.name ?? '';
    const written = [{ ruleId: 'id-1', host, level: 'medium' as const }];
    const open = judgeWritten(gists, written, nameOf).map(({ failures }) => failures);
    expect(open).to.deep.equal([[], ['agent_publishes did not alert']]);
  });
});
