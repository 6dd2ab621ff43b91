import { expect } from 'chai';

import { ConfirmationTracker } from '../../src/enrichment/confirmations.ts';
import { SyntheticEvent } from '../../src/workbench/synthetic-event.ts';
import { event } from './events.ts';

let index = 0;

function decision(
  time: number,
  fields: Readonly<Record<string, string>>,
  product = 'ai_agent',
): SyntheticEvent {
  index += 1;
  const all = { 'service.name': 'claude-code', tool_name: 'Bash', ...fields };
  return new SyntheticEvent({
    time,
    index,
    host: 'wks-1',
    product,
    fields: new Map(Object.entries(all)),
  });
}

function age(
  tracker: ConfirmationTracker,
  time: number,
  agent = 'claude_code',
  host = 'WKS-1',
): unknown {
  const deed = event('clipboard_capture', time, undefined, { host });
  deed.derived.set('process.ai_agent.name', agent);
  tracker.enrich(deed);
  return deed.derived.get('tidegate.confirmation.age_seconds');
}

describe('confirmations', () => {
  // [fields, confirmed]
  const table: readonly (readonly [Readonly<Record<string, string>>, boolean])[] = [
    [{ decision: 'accept', source: 'user_temporary' }, true],
    [{ decision: 'accept', source: 'user_permanent' }, true],
    [{ decision: 'accept', source: 'config' }, false],
    [{ decision: 'accept', source: 'hook' }, false],
    [{ decision: 'reject', source: 'user_reject' }, false],
    [{ decision: 'accept' }, false],
    [{ decision: 'approved', source: 'User' }, true],
    [{ decision: 'accept', 'service.name': 'gemini-cli' }, true],
    [{ decision: 'auto_accept', 'service.name': 'gemini-cli' }, false],
  ];
  for (const [fields, confirmed] of table) {
    it(`${JSON.stringify(fields)} is ${confirmed ? "a person's" : 'none'}`, () => {
      const tracker = new ConfirmationTracker();
      tracker.observe(decision(1000, fields));
      const agent = fields['service.name'] === undefined ? 'claude_code' : 'gemini_cli';
      expect(age(tracker, 4000, agent)).to.equal(confirmed ? 3 : undefined);
    });
  }

  it('count for their agent and device, the latest of several, and not for what came before', () => {
    const tracker = new ConfirmationTracker();
    const codex = { decision: 'approved', source: 'User', 'service.name': 'codex_cli_rs' };
    tracker.observe(decision(1000, codex));
    tracker.observe(decision(9000, { ...codex, 'service.name': 'codex_exec' }));
    expect(age(tracker, 10_000, 'codex')).to.equal(1);
    expect(age(tracker, 10_000, 'claude_code')).to.equal(undefined);
    expect(age(tracker, 10_000, 'codex', 'wks-2')).to.equal(undefined);
    expect(age(tracker, 8000, 'codex')).to.equal(undefined);
  });

  it('by a broker name the person', () => {
    const tracker = new ConfirmationTracker();
    const approved = { 'confirmation.by': 'ana', 'process.ai_agent.name': 'cursor' };
    tracker.observe(decision(0, approved, 'tidegate'));
    expect(age(tracker, 1000, 'cursor')).to.equal(1);
  });

  it('are forgotten in time, bounded, and live on in a snapshot', () => {
    const tracker = new ConfirmationTracker({ entriesMax: 2, keepMs: 10_000 });
    for (const name of ['a', 'b', 'c']) {
      tracker.observe(
        decision(0, { decision: 'accept', source: 'user_temporary', 'service.name': name }),
      );
    }
    expect(tracker.statistics()).to.deep.include({ entries: 2, evicted: 1 });
    expect(age(tracker, 10_000, 'c')).to.equal(10);
    expect(age(tracker, 10_001, 'c')).to.equal(undefined);
    const restored = new ConfirmationTracker();
    restored.restore(JSON.parse(JSON.stringify(tracker.snapshot())));
    expect(age(restored, 5000, 'c')).to.equal(5);
  });
});
