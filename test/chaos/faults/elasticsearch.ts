import { ClusterScene } from '../cluster-scene.ts';
import type { Fault, Stage } from '../fault.ts';
import { Gateway, type Refusal } from '../gateway.ts';
import { pause, until, type Instance } from '../instance.ts';
import { StatusPage } from '../status.ts';

/** How long a server is away; the long form is that of the requirement. */
function faultMs({ isShort }: Stage): number {
  return isShort ? 3_000 : 60_000;
}

const hasRecovered = (instance: Instance): boolean => instance.log.includes('writes succeed again');

/** Lets the gateway refuse for a while, in the middle of a run. */
async function refused(
  stage: Stage,
  mood: Pick<Gateway, 'whole' | 'item'>,
): Promise<{ readonly scene: ClusterScene; readonly gateway: Gateway }> {
  const scene = await ClusterScene.open(stage);
  const gateway = await Gateway.open(scene.server.url);
  Object.assign(gateway, mood);
  await scene.runBeside(
    async () => {
      await pause(faultMs(stage));
      gateway.heal();
    },
    scene.config({ url: gateway.url }),
  );
  return { scene, gateway };
}

const BUSY: Refusal = { status: 429, type: 'es_rejected_execution_exception' };

/** Faults of the Elasticsearch that takes the alerts. */
export const elasticsearchFaults: readonly Fault[] = [
  {
    id: 'E1',
    isAlone: true,
    fault: 'Elasticsearch is stopped for a while under load, and comes back',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      const status = await StatusPage.reserve();
      let isNotReady = false;
      const { server } = scene.server;
      const instance = await scene.runBeside(async () => {
        await server.stop();
        await until(async () => (await status.get('/readyz')).status === 503, 60_000);
        isNotReady = true;
        await pause(faultMs(stage));
        await server.start();
      }, scene.config({ status }));
      return await scene.outcome({
        'it was not ready meanwhile': isNotReady,
        'it went on by itself': hasRecovered(instance),
      });
    },
  },
  {
    id: 'E2',
    isAlone: true,
    fault: 'Elasticsearch answers 429, to whole requests',
    run: async (stage) => {
      const { scene, gateway } = await refused(stage, { whole: BUSY, item: undefined });
      await using _ = scene;
      await using __ = gateway;
      return await scene.outcome({ 'requests were refused': gateway.refusedRequests > 3 });
    },
  },
  {
    id: 'E2-items',
    isAlone: true,
    fault: 'Elasticsearch answers 200 with failed documents: 429 and 503, again and again',
    run: async (stage) => {
      let count = 0;
      const item = (): Refusal | undefined => {
        count += 1;
        if (count % 3 === 0) return BUSY;
        return count % 7 === 0 ? { status: 503, type: 'unavailable_shards_exception' } : undefined;
      };
      const { scene, gateway } = await refused(stage, { whole: undefined, item });
      await using _ = scene;
      await using __ = gateway;
      return await scene.outcome({ 'documents were refused': gateway.refusedItems > 3 });
    },
  },
  {
    id: 'E3',
    isAlone: true,
    fault: 'a flood-stage block: indices are read-only until there is room on the disk',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      const block = (isBlocked: boolean | null): Promise<unknown> =>
        scene.cluster.client.indices.putSettings({
          index: 'tidegate-alert-state',
          settings: { 'index.blocks.read_only_allow_delete': isBlocked },
        });
      await block(true);
      const instance = await scene.runBeside(async () => {
        // The server itself takes the block away whenever it sees that the disk has room.
        for (const end = Date.now() + faultMs(stage); Date.now() < end; await pause(200)) {
          await block(true);
        }
        await block(null);
      });
      return await scene.outcome({
        'the block is named': instance.log.includes('cluster_block_exception'),
        'it went on by itself': hasRecovered(instance),
      });
    },
  },
  {
    id: 'E5',
    isAlone: true,
    fault: 'Elasticsearch is killed in the middle of its work, and connections are cut',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      const { proxy } = scene;
      const { server } = scene.server;
      proxy.delay(5);
      await scene.runBeside(async (instance) => {
        proxy.cutAfter(stage.random.integer(20_000, 60_000));
        await pause(stage.random.integer(0, 300));
        await server.kill();
        await server.start();
        for (let cut = 0; cut < stage.strikes && !instance.hasEnded; cut++) {
          proxy.cutAfter(stage.random.integer(2_000, 80_000));
          await pause(150);
        }
        proxy.heal();
      });
      return await scene.outcome();
    },
  },
  {
    id: 'E6',
    isAlone: true,
    fault: 'everything is read again from the beginning, into indices that hold it',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      const config = scene.config();
      await scene.runBeside(async () => undefined, config);
      const before = (await scene.cluster.alerts()).map(({ document }) => ingestedOf(document));
      const again = scene.start(config, ['--rewind', '2026-01-01T00:00:00Z']);
      const code = await again.end();
      const after = (await scene.cluster.alerts()).map(({ document }) => ingestedOf(document));
      return await scene.outcome({
        'the second run ended well': code === 0,
        'no document was written anew': JSON.stringify(before) === JSON.stringify(after),
      });
    },
  },
  {
    id: 'E7',
    isAlone: true,
    fault: 'Elasticsearch does not accept the credentials (401), or a right is missing (403)',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      await using gateway = await Gateway.open(scene.server.url);
      const config = scene.config({ url: gateway.url });
      const answers: boolean[] = [];
      for (const status of [401, 403]) {
        gateway.whole = { status, type: 'security_exception' };
        const instance = scene.start(config);
        const code = await instance.end(60_000);
        answers.push(code === 1 && instance.log.includes(`(${String(status)})`));
      }
      const tries = gateway.refusedRequests;
      gateway.heal();
      await scene.runBeside(async () => undefined, config);
      return await scene.outcome({
        'each is named, and ends the process': answers.every(Boolean),
        'and is not tried again and again': tries <= 8,
      });
    },
  },
  {
    id: 'K4',
    isAlone: true,
    fault: 'SIGTERM while Elasticsearch is down',
    run: async (stage) => {
      await using scene = await ClusterScene.open(stage);
      const config = scene.config({ more: 'drain_timeout: 2s' });
      const instance = scene.start(config);
      await instance.says('task begins');
      scene.proxy.refuse();
      const isHeldUp = await instance.says('"part"', 60_000);
      const began = performance.now();
      const code = await instance.kill('SIGTERM');
      const tookMs = performance.now() - began;
      scene.proxy.heal();
      await scene.runBeside(async () => undefined, config);
      return await scene.outcome({
        'it waited for the sink': isHeldUp,
        'it ended within the drain limit, and not with 0': code === 1 && tookMs < 6_000,
      });
    },
  },
];

function ingestedOf(document: Readonly<Record<string, unknown>>): unknown {
  return Object(document['event']).ingested;
}
