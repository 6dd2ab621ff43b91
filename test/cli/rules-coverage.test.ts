import { expect } from 'chai';

import { tidegate } from './command.ts';

const COMMAND = ['rules', 'coverage', '--sensors'];

describe('tidegate rules coverage', () => {
  it('lists the blind rules of a fleet and what would give them sight', async () => {
    const { code, stdout } = await tidegate([...COMMAND, 'sysmon']);
    expect(code).to.equal(0);
    expect(stdout).to.match(
      /blind +AI Agent Reads Protected Files in Bulk +kernel-file, .*file_access/,
    );
    expect(stdout).to.match(/\d+ rules: \d+ see everything, \d+ in part, [1-9]\d* blind\n$/);
    expect(stdout).not.to.include('in part  ');
  });

  it('lists nothing but the count where none is blind', async () => {
    const { stdout } = await tidegate([...COMMAND, 'sysmon', '--rules', 'rules/lateral_movement']);
    expect(stdout).to.match(/^\d+ rules: \d+ see everything, \d+ in part, 0 blind\n$/);
  });

  it('has all rules in JSON', async () => {
    const { code, stdout } = await tidegate([...COMMAND, 'sysmon', '--json']);
    expect(code).to.equal(0);
    const { sensors, summary, rules } = JSON.parse(stdout) as {
      readonly sensors: readonly string[];
      readonly summary: Readonly<Record<string, number>>;
      readonly rules: readonly { readonly title: string; readonly level: string }[];
    };
    expect(sensors).to.deep.equal(['sysmon']);
    const { full = 0, partial = 0, blind = 0 } = summary;
    expect(rules).to.have.lengthOf(full + partial + blind);
    const bulk = rules.find(({ title }) => title === 'AI Agent Reads Protected Files in Bulk');
    expect(bulk?.level).to.equal('blind');
  });

  it('asks for sensors that it knows', async () => {
    const unknown = await tidegate([...COMMAND, 'sysmon,carrier-pigeon']);
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.include("unknown sensor 'carrier-pigeon'");
    expect((await tidegate([...COMMAND, ','])).code).to.equal(2);
    expect((await tidegate(['rules', 'coverage'])).code).to.equal(2);
  });
});
