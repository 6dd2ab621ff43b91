import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import { Losses, type LossNotice } from '../../src/runtime/losses.ts';

const gap: LossNotice = {
  kind: 'gap',
  source: 'telemetry',
  partition: 3,
  firstOffset: 100,
  lastOffset: 149,
};

/** What was written after these notices. */
async function told(...notices: readonly LossNotice[]): Promise<readonly Alert[]> {
  const written: Alert[] = [];
  const losses = new Losses(
    async (alert) => void written.push(alert),
    () => Date.UTC(2026, 2, 3),
  );
  for (const notice of notices) losses.tell(notice);
  await losses.settled();
  return written;
}

describe('records that nobody judged', () => {
  it('are told with number and place', async () => {
    const [alert] = await told(gap);
    expect(alert?.ruleId).to.equal('tidegate.health.gap');
    expect(alert?.level).to.equal('high');
    expect(alert?.state.sentence).to.include('telemetry, partition 3: 50 from offset 100 to 149');
    expect(alert?.document?.['tidegate']).to.have.nested.property('health.input.records', 50);
  });

  it('are told once: a gap by its place, bytes that are no records by their partition', async () => {
    const quarantined = { ...gap, kind: 'quarantined', reason: 'bad_batch' } as const;
    const written = await told(
      ...[gap, gap, { ...gap, firstOffset: 200, lastOffset: 200 }],
      ...[quarantined, { ...quarantined, firstOffset: 7 }, { ...quarantined, partition: 4 }],
    );
    expect(written.map(({ ruleId }) => ruleId)).to.deep.equal([
      ...['tidegate.health.gap', 'tidegate.health.gap'],
      ...['tidegate.health.quarantined', 'tidegate.health.quarantined'],
    ]);
    expect(new Set(written.map(({ id }) => id)).size).to.equal(4);
  });

  it('have the id of before when they are noticed again later', async () => {
    const [first] = await told(gap);
    const [second] = await told({ ...gap });
    expect(first?.id).to.equal(second?.id);
  });
});
