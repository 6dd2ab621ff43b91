import { expect } from 'chai';
import { packChunks } from '../../src/checkpoints/chunks.ts';
import { FORMAT_VERSION, sealManifest, type Manifest } from '../../src/checkpoints/manifest.ts';
import { restoreTask } from '../../src/checkpoints/restore.ts';

const manifest: Manifest = {
  version: 1,
  task: 't',
  term: 1,
  number: 1,
  epoch: 'e',
  tasks: 1,
  inputs: [],
  marks: 0,
  engineVersion: 3,
  chunks: [],
  bytes: 0,
};

describe('checkpoints of other versions', () => {
  it('version 1 held the state of the engine and nothing beside it', async () => {
    const kept = new Map<string, Uint8Array>();
    await packChunks(
      { hosts: ['a'] },
      () => false,
      async (digest, chunk) => {
        if (chunk !== undefined) kept.set(digest, chunk.data);
      },
    );
    const { restored } = restoreTask({
      manifests: [sealManifest({ ...manifest, chunks: [...kept.keys()] })],
      marks: [],
      chunk: (digest) => kept.get(digest),
    });
    expect(restored.passedOver).to.deep.equal([]);
    expect(restored.checkpoint?.engine).to.deep.equal({ version: 3, state: { hosts: ['a'] } });
    expect(restored.checkpoint?.fragments).to.deep.equal([]);
  });

  it('a later one is passed over, and both versions are named', () => {
    const later = sealManifest({ ...manifest, version: FORMAT_VERSION + 1 });
    const { restored } = restoreTask({ manifests: [later], marks: [], chunk: () => undefined });
    expect(restored.passedOver).to.deep.equal([
      `it has format ${String(FORMAT_VERSION + 1)}, this version reads up to ${String(FORMAT_VERSION)}`,
    ]);
  });
});
