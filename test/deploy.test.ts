import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { plainYaml, readYaml } from '../src/base/yaml.ts';
import { readConfig } from '../src/runtime/config/read.ts';

// No container engine is needed: what is shipped is read, and every path and setting in it must hold.

const root = resolve(import.meta.dirname, '..');
const textOf = (path: string): string => readFileSync(resolve(root, path), 'utf8');

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
}

function problemsOf(config: string): readonly unknown[] {
  return readConfig(config, { environment: {}, readFile: () => 'secret' }).problems;
}

describe('docker/compose.yml', () => {
  const [document] = readYaml(textOf('docker/compose.yml')).documents;
  const compose = plainYaml(document?.root ?? { kind: 'map', entries: new Map(), offset: 0 }) as {
    readonly services: Readonly<Record<string, ComposeService>>;
    readonly volumes: Readonly<Record<string, null>>;
  };
  const services = Object.entries(compose.services);

  it('has an image for every service, and waits only for services that tell when', () => {
    for (const [name, { image, depends_on: needed = {} }] of services) {
      expect(image, name).to.be.a('string');
      for (const [other, { condition }] of Object.entries(needed)) {
        expect(compose.services, `${name} waits for ${other}`).to.have.property(other);
        const isHealth = condition === 'service_healthy';
        if (isHealth) expect(compose.services[other]).to.have.property('healthcheck');
        else expect(condition).to.equal('service_completed_successfully');
      }
    }
  });

  it('names files that are there and volumes that are declared', () => {
    for (const [name, { build, volumes = [] }] of services) {
      if (build !== undefined) {
        expect(existsSync(resolve(root, 'docker', build.context, build.dockerfile))).to.equal(true);
      }
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('.')) {
          expect(existsSync(resolve(root, 'docker', source)), `${name}: ${source}`).to.equal(true);
        } else expect(compose.volumes).to.have.property(source);
      }
    }
  });

  it('mounts a configuration that is right', () => {
    expect(problemsOf(textOf('docker/tidegate.yml'))).to.deep.equal([]);
  });
});

describe('deploy', () => {
  it('the manifest holds a configuration that is right, and probes the port that it listens on', () => {
    const { documents, problems } = readYaml(textOf('deploy/kubernetes.yaml'));
    expect(problems).to.deep.equal([]);
    const [map, deployment] = documents.map(({ root: node }) => plainYaml(node));
    const { data } = map as { readonly data: Readonly<Record<string, string>> };
    const config = data['tidegate.yml'] ?? '';
    expect(problemsOf(config)).to.deep.equal([]);
    expect(config).to.contain('0.0.0.0:9464');
    expect(JSON.stringify(deployment)).to.contain('"containerPort":9464').and.contain('/readyz');
  });

  it('the unit waits longer for a stop than the service takes', () => {
    const unit = textOf('deploy/tidegate.service');
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
    expect(seconds).to.be.above(12);
    expect(unit).to.contain('main.js run -c').and.to.contain('DynamicUser=yes');
  });
});
