import { expect } from 'chai';
import { defaultKafkaLimits, sessionLimits } from '../../../src/sources/kafka/options.ts';

describe('Kafka: limits that follow from the session', () => {
  it('gives a member several chances, and the group time to give it up', () => {
    expect(sessionLimits(6_000)).to.deep.equal({
      sessionMsMax: 6_000,
      heartbeatMs: 1_000,
      silenceMsMax: 11_000,
    });
    const { sessionMsMax, silenceMsMax } = defaultKafkaLimits;
    expect(sessionLimits(sessionMsMax)).to.include({ sessionMsMax, silenceMsMax });
  });

  it('takes one second and no less', () => {
    expect(sessionLimits(1_000)).to.include({ sessionMsMax: 1_000 });
    expect(sessionLimits(999)).to.equal(undefined);
    expect(sessionLimits(0)).to.equal(undefined);
  });
});
