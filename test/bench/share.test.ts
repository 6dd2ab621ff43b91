import { expect } from 'chai';

import { heldInput, type BenchInput } from '../../src/bench/input.ts';
import { inputOfShare, shares } from '../../src/bench/share.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { RawRecord } from '../../src/event/record.ts';
import { launch } from '../cli/command.ts';

const decoder = createAutoDecoder();

function inputOf(hosts: readonly string[]): BenchInput {
  const records = hosts.map((host, index): RawRecord => {
    const line = launch({ second: index % 60, image: 'C:\\a.exe' });
    const payload = host === '' ? 'no telemetry' : line.replace('"host-1"', `"${host}"`);
    return {
      payload: Buffer.from(payload),
      position: { source: `file-${index % 2}`, partition: 0, offset: index + 1 },
    };
  });
  return heldInput(records, { cpuSeconds: 0, seconds: 0 }, undefined);
}

/** Number of each record of each share, after it was moved to another thread and back. */
function split(hosts: readonly string[], workers: number): readonly (readonly number[])[] {
  const input = inputOf(hosts);
  return shares(input, workers, decoder).map((share) =>
    inputOfShare(structuredClone(share)).records.map((record) => {
      const whole = input.records[record.position.offset - 1];
      expect(record.position).to.deep.equal(whole?.position);
      expect(Buffer.from(record.payload ?? [])).to.deep.equal(whole?.payload);
      return record.position.offset;
    }),
  );
}

describe('shares of a bench', () => {
  it('keep the records of a host together and in order, and are even', () => {
    expect(split(['a', 'b', 'c', 'a', 'b', 'a'], 2)).to.deep.equal([
      [1, 4, 6],
      [2, 3, 5],
    ]);
  });

  it('are no more than there are hosts', () => {
    expect(split(['a', 'b', 'a'], 4)).to.deep.equal([[1, 3], [2]]);
  });

  it('keep what is no event with the record before it', () => {
    expect(split(['a', 'b', '', 'b', 'a', ''], 2)).to.deep.equal([
      [1, 5, 6],
      [2, 3, 4],
    ]);
  });
});
