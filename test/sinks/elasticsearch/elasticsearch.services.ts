import { expect } from 'chai';
import { checkElasticsearch } from '../../../src/sinks/elasticsearch/preparation.ts';
import { openElasticsearchSink } from '../../../src/sinks/elasticsearch/sink.ts';
import { describeAlertLog } from '../../conformance/alert-log.ts';
import { describeSink, expectFailure } from '../../conformance/sinks.ts';
import { sharedElasticsearch } from '../../integration/services/shared.ts';
import { sampleAlert } from '../sample-alert.ts';
import { Cluster } from './cluster.ts';

let cluster: Cluster;
before(async function () {
  cluster = new Cluster(await sharedElasticsearch(this));
});
after(() => cluster.close());

describeSink({
  name: 'elasticsearch',
  keepsStates: true,
  open: async (folder) => {
    await cluster.use(folder);
    return openElasticsearchSink({ url: cluster.url });
  },
  content: (folder) => cluster.contentOf(folder),
});

describeAlertLog({
  name: 'elasticsearch',
  open: async (folder) => {
    await cluster.use(folder);
    return openElasticsearchSink({ url: cluster.url });
  },
});

describe('setting up a real Elasticsearch', () => {
  it('makes all that the check asks for, and changes nothing the second time', async () => {
    await cluster.prepare();
    await cluster.prepare();
    const findings = await checkElasticsearch({ url: cluster.url });
    expect(findings.filter(({ isOk }) => !isOk)).to.deep.equal([]);
  });

  it('gives months our mapping and the alias, and no data stream', async () => {
    await cluster.prepare();
    await using sink = openElasticsearchSink({ url: cluster.url });
    await sink.write([sampleAlert(1)]);
    const [stored] = await cluster.alerts();
    const index = String(stored?.index);
    const found = await cluster.client.indices.get({ index });
    const { mappings, aliases, data_stream: stream } = Object(found[index]);
    expect(mappings).to.deep.include({ dynamic: 'false' });
    expect(mappings._meta.tidegate).to.include({ version: 1 });
    expect(mappings.properties.process.properties.pid).to.deep.equal({ type: 'long' });
    expect(Object.keys(aliases)).to.deep.equal(['tidegate-alerts']);
    expect(stream).to.equal(undefined);
  });

  it('finds alerts by what Kibana asks for', async () => {
    await cluster.prepare();
    await using sink = openElasticsearchSink({ url: cluster.url });
    await sink.write([sampleAlert(1), sampleAlert(2)]);
    await cluster.client.indices.refresh({ index: 'logs-*' });
    // The query of the prebuilt rule "External Alerts".
    const { count } = await cluster.client.count({
      index: 'logs-*',
      query: {
        bool: {
          filter: [
            { term: { 'event.kind': 'alert' } },
            { range: { 'event.ingested': { gte: 'now-2m' } } },
          ],
          must_not: { terms: { 'event.module': ['endgame', 'endpoint', 'cloud_defend'] } },
        },
      },
    });
    expect(count).to.equal(2);
  });

  it('lets the sink write nothing before', async () => {
    await cluster.clear();
    await using sink = openElasticsearchSink({ url: cluster.url });
    await expectFailure(() => sink.write([sampleAlert(1)]), 'store_unprepared');
    const names = await cluster.client.indices.get({ index: 'logs-tidegate*' });
    expect(names).to.deep.equal({});
  });
});
