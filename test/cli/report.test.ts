import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tidegate } from './command.ts';

interface Flow {
  readonly host: string;
  readonly agent: string;
  readonly destination: string;
  readonly destinationClass: string;
  readonly data: readonly string[];
  readonly connections: number;
  readonly commands: number;
  readonly bytes: number | null;
}

describe('tidegate report dataflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-report-'));
  after(() => rmSync(folder, { recursive: true }));
  const record = async (scenario: string, sensor: string): Promise<string> => {
    const file = join(folder, `${scenario}-${sensor}.ndjson`);
    await tidegate(['simulate', scenario, '--sensor', sensor, '--out', file]);
    return file;
  };

  it('lays what an agent touched to where it sent something, with bytes where a sensor tells them', async () => {
    const file = await record('read-then-send', 'ecs');
    const { code, stdout } = await tidegate(['report', 'dataflow', '--over', file, '--json']);
    expect(code).to.equal(0);
    const { flows } = JSON.parse(stdout) as { readonly flows: readonly Flow[] };
    const sent = flows.filter(({ destination }) => destination === 'files.example.net');
    expect(sent).to.have.length(2);
    for (const flow of sent) {
      expect(flow.destinationClass).to.equal('unknown');
      expect(flow.data).to.include('protected');
      expect(flow.commands).to.be.above(0);
      expect(flow.bytes).to.equal(310_000);
    }
  });

  it('leaves out what was touched longer ago than --within', async () => {
    const file = await record('read-then-send', 'ecs');
    const call = ['report', 'dataflow', '--over', file, '--within', '30s', '--json'];
    const { flows } = JSON.parse((await tidegate(call)).stdout) as {
      readonly flows: readonly Flow[];
    };
    const sent = flows.filter(({ destination }) => destination === 'files.example.net');
    expect(sent.map(({ data }) => data.includes('protected'))).to.deep.equal([false, false]);
  });

  it('prints a table, and Markdown in which names are no markup', async () => {
    const file = await record('gist', 'osquery');
    const table = await tidegate(['report', 'dataflow', '--over', file]);
    expect(table.stdout).to.match(
      /^host +agent +place +class +data +connections +commands +bytes +last\n/,
    );
    const page = await tidegate(['report', 'dataflow', '--over', file, '--output', 'markdown']);
    expect(page.stdout).to.match(/^# Data flows of AI agents\n\n\| host \| agent \|/);
    expect(page.stdout).to.not.match(/\| [^|\n]*[^\\]_/);
  });

  it('says nothing of a machine without agents', async () => {
    const file = await record('local-model-exposed', 'sysmon');
    const { code, stdout } = await tidegate(['report', 'dataflow', '--over', file, '--json']);
    expect(code).to.equal(0);
    const { flows } = JSON.parse(stdout) as { readonly flows: readonly Flow[] };
    expect(flows.filter(({ agent }) => agent !== 'model_runtime')).to.deep.equal([]);
  });
});
