import { expect } from 'chai';
import { resolve } from 'node:path';
import { Fleet } from '../../../bench/service/fleet.ts';
import { rateOf, type Reading } from '../../../bench/service/observed.ts';

const FIXTURE = resolve(import.meta.dirname, '../../../fixtures/sysmon/flat.ndjson');

describe('bench: the telemetry of a fleet', () => {
  it('has hosts of its own for each copy, and each host its records in their order', async () => {
    const fleet = await Fleet.read([FIXTURE]);
    const records = [...fleet.records(200, 3)];
    expect(records).to.have.length(200);
    const texts = records.map(({ value }) => value.toString());
    expect(new Set(texts).size, 'no record comes twice').to.equal(200);
    expect(new Set(records.map(({ key }) => key)).size).to.be.greaterThan(3);
    for (const [index, { key }] of records.entries()) {
      expect(texts[index]?.toLowerCase()).to.include(`"${key.toLowerCase()}"`);
    }
  });
});

describe('bench: the rate of a process', () => {
  const reading = (atSeconds: number, records: number, cpuSeconds: number): Reading => ({
    ...{ atSeconds, records, cpuSeconds },
    residentBytes: 1,
  });

  it('counts neither the warming up nor the standing still at the end', () => {
    const readings = [
      ...[reading(0, 0, 1), reading(1, 10, 2), reading(3, 30, 4), reading(5, 90, 6)],
      reading(9, 90, 9),
    ];
    expect(rateOf(readings, 2)).to.include({ records: 60, seconds: 2, cpuSeconds: 2 });
    expect(rateOf(readings, 2).perCpuSecond).to.equal(30);
  });

  it('refuses a run that was too short', () => {
    expect(() => rateOf([reading(0, 5, 1)], 2)).to.throw('too short');
  });
});
