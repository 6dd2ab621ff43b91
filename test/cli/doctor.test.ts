import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../conformance/sinks.ts';
import { RULE, tidegate } from './command.ts';

interface Told {
  readonly findings: readonly {
    readonly part: string;
    readonly what: string;
    readonly state: string;
    readonly detail: string;
  }[];
}

describe('tidegate doctor', () => {
  it('looks at the machine without a configuration', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await tidegate(['doctor', '--data-dir', folder]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^ok {4}node: version: 24\./m);
      expect(stdout).to.contain('disk: data folder');
    }));

  it('looks at what a configuration names, and writes a bundle without secrets', () =>
    inFolder(async (folder) => {
      const config = join(folder, 'tidegate.yml');
      writeFileSync(join(folder, 'rules.yml'), RULE);
      writeFileSync(
        config,
        `version: 1
data_dir: ${folder}/state
rules: [${folder}/rules.yml]
sources:
  - kind: kafka
    brokers: ["127.0.0.1:1"]
    topics: [telemetry]
    sasl: { mechanism: plain, username: me, password: hunter2 }
primary: { kind: sqlite, path: ${folder}/alerts.db }
`,
      );
      const support = join(folder, 'support.json');
      const call = ['doctor', '-c', config, '--json', '--support', support];
      const { code, stdout, stderr } = await tidegate(call);
      const { findings } = JSON.parse(stdout) as Told;
      const states = findings.map(({ part, what, state }) => `${state} ${part}: ${what}`);
      expect(states).to.include.members(['ok rules: loaded', 'fail sources.kafka: brokers']);
      expect(code).to.equal(1);
      const bundle = readFileSync(support, 'utf8');
      expect(bundle + stdout + stderr).to.not.contain('hunter2');
      expect(JSON.parse(bundle)).to.include.keys('tidegate', 'node', 'findings', 'configuration');
    })).timeout(30_000);

  it('says how many problems the configuration has, and where to look', () =>
    inFolder(async (folder) => {
      const config = join(folder, 'tidegate.yml');
      writeFileSync(config, 'version: 3\n');
      const { code, stdout } = await tidegate(['doctor', '-c', config, '--data-dir', folder]);
      expect(code).to.equal(1);
      expect(stdout).to.contain('fail  configuration').and.to.contain('tidegate config check -c');
    }));
});
