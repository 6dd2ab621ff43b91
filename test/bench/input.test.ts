import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { readInput } from '../../src/bench/input.ts';
import { findLane, type Lane } from '../../src/bench/lane.ts';
import { syntheticInput } from '../../src/bench/synthetic.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import { decodeRecord } from '../../src/runtime/decoding.ts';
import { developerDay } from '../../src/simulation/scenarios/developer-day.ts';
import { launch } from '../cli/command.ts';

function lane(name: string): Lane {
  const found = findLane(name);
  if (found === undefined) throw new Error(`no lane ${name}`);
  return found;
}

describe('input of a bench', () => {
  let folder = '';
  const decoder = createAutoDecoder();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('merges files by event time, each line with its place, packed or not', async () => {
    const early = write(
      'early.gz',
      gzipSync(`${launch({ second: 1, image: 'a' })}\n${launch({ second: 4, image: 'd' })}\n`),
    );
    const late = write(
      'late',
      `${launch({ second: 2, image: 'b' })}\n${launch({ second: 3, image: 'c' })}\n`,
    );
    const input = await readInput({ paths: [late, early], lane: lane('full'), decoder });
    const places = input.records.map(({ position }) => `${position.source} ${position.offset}`);
    expect(places).to.deep.equal([`${early} 1`, `${late} 1`, `${late} 2`, `${early} 2`]);
    expect(input.lines).to.deep.equal(input.records.map(({ payload }) => payload));
    expect(input.bytes).to.equal(input.lines.reduce((sum, line) => sum + line.length, 0));
  });

  const messages: readonly (readonly [string, string, string])[] = [
    ['a flat record', '{"EventID":1,"Message":"long"}', '{"EventID":1}'],
    ['Winlogbeat', '{"event_data":{"a":1},"message":"long"}', '{"event_data":{"a":1}}'],
    ['a record in an envelope', '{"message":"{}"}', '{"message":"{}"}'],
  ];
  for (const [name, line, expected] of messages) {
    it(`nomsg: ${name}`, () => {
      expect(lane('nomsg').shape(Buffer.from(line)).toString()).to.equal(expected);
    });
  }

  it('makes a fleet whose hosts do not share an event', () => {
    const day = syntheticInput(developerDay, 15_290, lane('full'));
    const fleet = syntheticInput(developerDay, 2 * 15_290, lane('full'));
    expect(day.alertsExpected).to.equal(developerDay.alerts);
    expect(fleet.alertsExpected).to.equal(2 * developerDay.alerts);
    expect(syntheticInput(developerDay, 20_000, lane('full')).alertsExpected).to.equal(undefined);
    const hosts = new Map<string, number>();
    for (const record of fleet.records) {
      for (const { host } of decodeRecord(decoder, record).events) {
        hosts.set(host, (hosts.get(host) ?? 0) + 1);
      }
    }
    expect([...hosts.keys()].sort()).to.deep.equal(['LAP-7', 'LAP-7-1', 'build-3', 'build-3-1']);
    expect(hosts.get('LAP-7')).to.equal(hosts.get('LAP-7-1'));
    expect(hosts.get('build-3')).to.equal(hosts.get('build-3-1'));
  });
});
