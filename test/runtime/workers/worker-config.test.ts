import { expect } from 'chai';
import { readConfig } from '../../../src/runtime/config/read.ts';
import { canBeShared, configOfWorker } from '../../../src/runtime/workers/worker-config.ts';

const KAFKA = `{ kind: kafka, brokers: ["k:9092"], topics: [t] }`;
const FILE = `{ kind: file, paths: [a.ndjson] }`;

function configOf(sources: readonly string[]): Parameters<typeof canBeShared>[0] {
  const { config, problems } = readConfig(
    `version: 1
sources: [${sources.join(', ')}]
primary: { kind: sqlite, path: alerts.db }
secondary: [{ kind: stdout }]
`,
    { environment: {}, readFile: () => '' },
  );
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

describe('what a worker does', () => {
  it('the first does all, the others what can be shared', () => {
    const config = configOf([FILE, KAFKA]);
    const parts = [1, 2].map((worker) => {
      const { sources, secondary, deadLetterPath, listen } = configOfWorker(config, worker);
      return [sources.map(({ kind }) => kind), secondary.length, deadLetterPath, listen];
    });
    expect(parts).to.deep.equal([
      [['file', 'kafka'], 1, '.tidegate/dead-letter.ndjson', undefined],
      [['kafka'], 0, '.tidegate/dead-letter.2.ndjson', undefined],
    ]);
  });

  it('only Kafka can be shared', () => {
    expect([canBeShared(configOf([FILE])), canBeShared(configOf([KAFKA, FILE]))]).to.deep.equal([
      false,
      true,
    ]);
  });
});
