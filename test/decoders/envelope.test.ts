import { expect } from 'chai';

import { createAutoDecoder, decoders, findDecoder } from '../../src/decoders/index.ts';
import { decodeLine } from './fixtures.ts';

const inner = JSON.stringify({
  EventID: 5,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Hostname: 'wks-1',
  RecordNumber: 7,
  UtcTime: '2026-06-09 10:13:20.104',
});
const result = {
  id: 'wks-1/Microsoft-Windows-Sysmon/Operational/7/1781000000104',
  sensor: 'sysmon',
};

function decode(outer: object): readonly unknown[] {
  return decodeLine(createAutoDecoder(), JSON.stringify(outer), 1);
}

describe('envelopes', () => {
  const around: readonly (readonly [string, object])[] = [
    ['message', { '@timestamp': '2020-01-01T00:00:00Z', message: inner }],
    ['log', { log: inner, stream: 'stdout' }],
    ['event.original', { event: { original: inner } }],
    ['a message that is no JSON beside it', { message: '{"EventID', log: inner }],
    ['an ECS document around it', { ...ecs(), message: inner }],
  ];
  for (const [name, outer] of around) {
    it(`${name} is opened`, () => {
      const found = decode(outer);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.include(result);
    });
  }

  it('are opened once only', () => {
    expect(decode({ message: JSON.stringify({ message: inner }) })).to.deep.equal([
      { line: 1, problem: 'unknown_format' },
    ]);
  });

  it('are read themselves when what is inside is unknown', () => {
    const found = decode({ ...ecs(), message: '{"hello":"world"}' });
    expect(found[0]).to.include({ sensor: 'ecs' });
  });

  function ecs(): object {
    const event = { category: ['network'], action: 'connection_attempted' };
    return { '@timestamp': '2020-01-01T00:00:00Z', host: { name: 'wks-1' }, event };
  }
});

describe('the shelf of decoders', () => {
  it('finds each by its name', () => {
    for (const decoder of decoders) expect(findDecoder(decoder.name)).to.equal(decoder);
    expect(findDecoder('constructor')).to.equal(undefined);
  });

  it('refuses another format under a named one', () => {
    const osquery = findDecoder('osquery');
    expect(osquery).not.to.equal(undefined);
    if (osquery === undefined) return;
    expect(decodeLine(osquery, inner, 1)).to.deep.equal([{ line: 1, problem: 'unknown_format' }]);
  });
});
