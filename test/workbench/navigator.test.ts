import { expect } from 'chai';

import { sensors } from '../../src/decoders/index.ts';
import { BUNDLED_RULES, loadRules } from '../../src/runtime/rule-files.ts';
import { coverage } from '../../src/workbench/coverage.ts';
import { navigatorLayer } from '../../src/workbench/navigator.ts';

describe('workbench: layer for the ATT&CK Navigator', () => {
  const { ruleSet } = loadRules([BUNDLED_RULES]);
  const layerOf = (name: string): ReturnType<typeof navigatorLayer> => {
    const fleet = sensors.filter((sensor) => sensor.name === name);
    return navigatorLayer(ruleSet, coverage(ruleSet, fleet, sensors), [name]);
  };

  it('has the form that the Navigator reads', () => {
    const layer = layerOf('windows');
    expect(layer.versions.layer).to.equal('4.5');
    expect(layer.domain).to.equal('enterprise-attack');
    const ids = layer.techniques.map(({ techniqueID }) => techniqueID);
    expect(ids)
      .to.include('T1005')
      .and.to.deep.equal([...new Set(ids)].toSorted());
    for (const id of ids) expect(id).to.match(/^T\d{4}(?:\.\d{3})?$/);
  });

  it('scores by rules that see, and colours what only blind rules look for', () => {
    const seeing = layerOf('windows').techniques.find(({ techniqueID }) => techniqueID === 'T1005');
    expect(seeing?.score).to.be.greaterThan(0);
    const layers = layerOf('zeek').techniques;
    const blind = layers.filter(({ score }) => score === 0);
    expect(blind.length).to.be.greaterThan(0);
    for (const { color, comment } of blind) {
      expect(color).to.equal('#d9641a');
      expect(comment).to.match(/^blind: /);
    }
  });
});
