import { expect } from 'chai';
import { createHealthAlert } from '../../src/alert/health-alert.ts';
import { createRedactor } from '../../src/alert/redaction.ts';
import type { HealthFinding } from '../../src/engine/engine.ts';

const context = { redactor: createRedactor(new Uint8Array(32)) };
const finding: HealthFinding = {
  kind: 'clock',
  host: 'LAP-7',
  ruleId: undefined,
  count: 1,
  since: Date.UTC(2026, 2, 3, 10),
};

describe('an alert about detection itself', () => {
  it('is an ECS alert that names the host and says what to do', () => {
    const { document, level, ruleId } = createHealthAlert(finding, context);
    expect([level, ruleId]).to.deep.equal(['medium', 'tidegate.health.clock']);
    expect(document).to.deep.include({
      '@timestamp': '2026-03-03T10:00:00.000Z',
      message: 'Clock of a Host Is Not Believed: LAP-7',
      host: { name: 'LAP-7' },
    });
  });

  it('is one per kind, host and rule, however often it happens', () => {
    const id = (change: Partial<HealthFinding>): string =>
      createHealthAlert({ ...finding, ...change }, context).id;
    expect(id({ count: 99, since: 5 })).to.equal(id({}));
    const others = [{ host: 'LAP-8' }, { host: undefined }, { kind: 'keys' as const }];
    const ids = [id({}), ...others.map(id), id({ ruleId: 'r' })];
    expect(new Set(ids).size).to.equal(5);
    expect(ids[0]).to.match(/^[0-9a-f]{40}$/);
  });

  it('names the rule whose limit was reached, and no host where it concerns all', () => {
    const { state, document } = createHealthAlert(
      { ...finding, kind: 'keys', host: undefined, ruleId: 'r-1' },
      context,
    );
    expect(state.sentence).to.match(/^several hosts: .*\(rule r-1\)$/);
    expect(document).to.not.have.property('host');
  });
});
