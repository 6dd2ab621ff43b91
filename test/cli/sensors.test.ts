import { expect } from 'chai';

import { tidegate } from './command.ts';

describe('tidegate sensors', () => {
  it('prints a row for each sensor and a column for each ability', async () => {
    const { code, stdout, stderr } = await tidegate(['sensors']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const [titles = '', ...rows] = stdout.trimEnd().split('\n');
    for (const title of ['process start', 'file read', 'FQDN', 'bytes out', 'signer']) {
      expect(titles).to.include(title);
    }
    const sysmon = rows.find((row) => row.startsWith('sysmon '));
    expect(sysmon?.split(/\s{2,}/).slice(0, 5)).to.deep.equal([
      'sysmon',
      'full',
      'full',
      'blind',
      'full',
    ]);
  });

  it('says why for the sensors that are named', async () => {
    const { code, stdout } = await tidegate(['sensors', 'sysmon']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^sysmon: Sysmon\n/);
    expect(stdout).to.match(/file read +blind +reports no reads of files/);
  });

  it('prints JSON for machines', async () => {
    for (const form of [['--output', 'json'], ['--json']]) {
      const { code, stdout } = await tidegate(['sensors', ...form]);
      expect(code).to.equal(0);
      const { sensors } = JSON.parse(stdout) as {
        readonly sensors: readonly {
          readonly sensor: string;
          readonly abilities: Readonly<Record<string, { level: string; reason: string }>>;
        }[];
      };
      const sysmon = sensors.find((each) => each.sensor === 'sysmon');
      expect(sysmon?.abilities['file_read']?.level).to.equal('blind');
    }
  });

  it('names the known sensors when one is unknown', async () => {
    const { code, stderr } = await tidegate(['sensors', 'sysmoon']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/unknown sensor 'sysmoon'; known are sysmon, .*windows/);
  });
});
