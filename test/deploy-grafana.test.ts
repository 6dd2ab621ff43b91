import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Metrics } from '../src/runtime/metrics.ts';

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets: readonly { readonly expr: string }[];
}

describe('deploy: Grafana dashboard', () => {
  const file = resolve(import.meta.dirname, '../deploy/grafana-dashboard.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly panels: readonly Panel[];
  };

  it('asks only for metrics that the service has', async () => {
    const metrics = new Metrics({ tasks: () => [], inputs: () => [] });
    const text = await metrics.text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        for (const [name] of expr.matchAll(/\b(?:tidegate|process)_\w+/g)) {
          expect(known.has(name), `${title}: ${name}`).to.equal(true);
        }
      }
    }
  });

  it('keeps its panels within the grid', () => {
    expect(panels.length).to.be.greaterThan(8);
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).to.be.at.most(24);
    }
  });
});
