import { expect } from 'chai';
import { threatOf } from '../../src/alert/threat.ts';

describe('threatOf', () => {
  const tactics: readonly (readonly [string, string, string])[] = [
    ['attack.exfiltration', 'TA0010', 'Exfiltration'],
    ['attack.command-and-control', 'TA0011', 'Command and Control'],
    ['attack.command_and_control', 'TA0011', 'Command and Control'],
    ['attack.defense-evasion', 'TA0005', 'Defense Evasion'],
    ['attack.stealth', 'TA0005', 'Stealth'],
    ['attack.defense-impairment', 'TA0112', 'Defense Impairment'],
    ['attack.ta0009', 'TA0009', 'Collection'],
    ['atlas.exfiltration', 'AML.TA0010', 'Exfiltration'],
    ['atlas.aml.ta0014', 'AML.TA0014', 'Command and Control'],
    ['ATLAS.AI-Attack-Staging', 'AML.TA0001', 'AI Attack Staging'],
  ];
  for (const [tag, id, name] of tactics) {
    it(`knows the tactic ${tag}`, () => {
      expect(threatOf([tag])?.['tactic']).to.deep.equal({ id: [id], name: [name] });
    });
  }

  it('gives a technique its page, and a subtechnique its technique', () => {
    expect(threatOf(['attack.t1567.002', 'attack.t1567', 'attack.t1005'])).to.deep.equal({
      framework: 'MITRE ATT&CK',
      technique: {
        id: ['T1567', 'T1005'],
        reference: [
          'https://attack.mitre.org/techniques/T1567/',
          'https://attack.mitre.org/techniques/T1005/',
        ],
        subtechnique: {
          id: ['T1567.002'],
          reference: ['https://attack.mitre.org/techniques/T1567/002/'],
        },
      },
    });
  });

  it('names both frameworks when a rule uses both', () => {
    const threat = threatOf(['attack.exfiltration', 'atlas.aml.t0112.000', 'atlas.t0086']);
    expect(threat?.['framework']).to.deep.equal(['MITRE ATT&CK', 'MITRE ATLAS']);
    expect(threat?.['technique']).to.deep.include({
      id: ['AML.T0112', 'AML.T0086'],
      reference: [
        'https://atlas.mitre.org/techniques/AML.T0112',
        'https://atlas.mitre.org/techniques/AML.T0086',
      ],
    });
  });

  const silent = ['detection.threat-hunting', 'cve.2021-44228', 'attack.g0049', 'attack.s0002'];
  for (const tag of [...silent, 'attack.unheard-of', 'attack', 'car.2016-04-005', '']) {
    it(`says nothing about ${JSON.stringify(tag)}`, () => {
      expect(threatOf([tag])).to.equal(undefined);
    });
  }
});
