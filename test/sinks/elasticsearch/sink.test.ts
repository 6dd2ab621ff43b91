import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Alert } from '../../../src/alert/alert.ts';
import { openDeadLetter, readDeadLetter } from '../../../src/sinks/dead-letter.ts';
import type { Letter } from '../../../src/sinks/letter.ts';
import { checkElasticsearch } from '../../../src/sinks/elasticsearch/preparation.ts';
import { openElasticsearchSink } from '../../../src/sinks/elasticsearch/sink.ts';
import type { ElasticsearchSettings } from '../../../src/sinks/elasticsearch/settings.ts';
import type { PrimarySink, SinkContext } from '../../../src/sinks/sink.ts';
import { describeSink, expectFailure, inFolder } from '../../conformance/sinks.ts';
import { sampleAlert } from '../sample-alert.ts';
import { BulkServer, type ItemTrouble } from './bulk-server.ts';

const INGESTED = Date.parse('2026-11-26T12:00:00Z');
const surroundings = { now: () => INGESTED, random: () => 0, wait: async () => undefined };

const servers = new Map<string, BulkServer>();
async function serverOf(folder: string): Promise<BulkServer> {
  const server = servers.get(folder) ?? (await BulkServer.open());
  servers.set(folder, server);
  return server;
}
after(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]();
});

describeSink({
  name: 'elasticsearch, as its bulk interface answers,',
  keepsStates: true,
  open: async (folder) =>
    openElasticsearchSink({ url: (await serverOf(folder)).url }, {}, surroundings),
  content: async (folder) => {
    const server = await serverOf(folder);
    const states = server.documents('tidegate-alert-state');
    const byId = new Map(states.map(({ id, document }) => [id, document]));
    return server
      .documents('logs-tidegate.alerts-')
      .map(({ id, document }) => ({ id, document, state: byId.get(id) }));
  },
});

async function withSink(
  action: (server: BulkServer, sink: PrimarySink) => Promise<void>,
  settings: Partial<ElasticsearchSettings> = {},
  context: SinkContext = {},
): Promise<void> {
  await using server = await BulkServer.open();
  await using sink = openElasticsearchSink({ url: server.url, ...settings }, context, surroundings);
  await action(server, sink);
}

const conflict: ItemTrouble = {
  status: 400,
  type: 'document_parsing_exception',
  reason: 'object mapping [process.name] tried to parse field as object',
};

describe('the Elasticsearch sink', () => {
  it('writes an alert as two documents, the one that changes apart', () =>
    withSink(async (server, sink) => {
      const alert = sampleAlert(1);
      await sink.write([alert]);
      const [document, ...others] = server.documents('logs-');
      expect(others).to.deep.equal([]);
      expect(document).to.include({ id: alert.id, version: undefined });
      const { event, ...rest } = Object(document?.document);
      const expected = JSON.parse(JSON.stringify(alert.document));
      expect(event).to.deep.equal({ ...expected.event, ingested: '2026-11-26T12:00:00.000Z' });
      expect({ ...rest, event: expected.event }).to.deep.equal(expected);
      const [state] = server.documents('tidegate-alert-state');
      expect(state).to.include({ id: alert.id, version: 2 });
      expect(state?.document).to.include({
        id: alert.id,
        level: 'high',
        count: 2,
        first_seen: new Date(alert.state.firstSeen).toISOString(),
        last_seen: new Date(alert.state.lastSeen).toISOString(),
        sentence: alert.state.sentence,
      });
    }));

  it('says what Kibana looks for', () =>
    withSink(async (server, sink) => {
      await sink.write([sampleAlert(1)]);
      const [stored] = server.documents('logs-');
      expect(stored?.index).to.match(/^logs-tidegate\.alerts-\d{4}\.\d{2}$/);
      const { event, message } = Object(stored?.document);
      expect(event).to.include({ kind: 'alert', module: 'tidegate' });
      expect(message).to.equal('Title of rule-1 on LAP-1');
    }));

  const RECORD = Date.parse('2026-11-20T00:00:00Z');
  const months: readonly (readonly [string, Partial<Alert>, string])[] = [
    ['of its start', { time: Date.parse('2026-10-31T23:59:59Z'), recordTime: RECORD }, '2026.10'],
    ['next to it', { time: Date.parse('2026-11-01T00:00:00Z'), recordTime: RECORD }, '2026.11'],
    ['60 days back at most', { time: 0, recordTime: RECORD }, '2026.09'],
    ['a day ahead at most', { time: 8e15, recordTime: RECORD }, '2026.11'],
    ['a day ahead', { time: 8e15, recordTime: Date.parse('2026-11-30T12:00:00Z') }, '2026.12'],
    ['of old telemetry too, without a record time', { time: Date.parse('2026-01-02') }, '2026.01'],
    ['400 days before the clock at most, without a record time', { time: 0 }, '2025.10'],
    ['a day after the clock at most, without a record time', { time: 8e15 }, '2026.11'],
  ];
  for (const [name, change, month] of months) {
    it(`puts an alert into the month ${name}`, () =>
      withSink(async (server, sink) => {
        await sink.write([{ ...sampleAlert(1), ...change }]);
        const indices = server.documents('logs-').map(({ index }) => index);
        expect(indices).to.deep.equal([`logs-tidegate.alerts-${month}`]);
      }));
  }

  it('sends one bad document among 500 in reduced form, and its original to the dead letter', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'dead.ndjson');
      await using deadLetter = openDeadLetter({ path });
      const alerts = Array.from({ length: 500 }, (_, number) => sampleAlert(number));
      const bad = alerts[250] ?? sampleAlert(250);
      await withSink(
        async (server, sink) => {
          server.trouble = ({ id, document }) =>
            id === bad.id && 'related' in document ? conflict : undefined;
          const receipt = await sink.write(alerts);
          expect(receipt).to.include({ created: 500, reduced: 1, advanced: 500 });
          expect(server.documents('logs-')).to.have.length(500);
          const stored = server.documents('logs-').find(({ id }) => id === bad.id);
          const { message, event, tidegate } = Object(stored?.document);
          expect(message).to.equal('Title of rule-1 on LAP-250');
          expect(event).to.include({ kind: 'alert', module: 'tidegate', id: bad.id });
          expect(tidegate.level).to.equal('high');
          expect(JSON.parse(tidegate.reduced.document)).to.deep.equal(
            JSON.parse(JSON.stringify(bad.document)),
          );
        },
        {},
        { deadLetter },
      );
      const letters: (Letter | undefined)[] = [];
      for await (const one of readDeadLetter(path)) letters.push(one);
      expect(letters.map((letter) => letter?.reason)).to.deep.equal(['document_refused']);
      const [letter] = letters;
      expect(String(letter?.key)).to.equal(bad.id);
      expect(letter?.detail).to.include('process.name');
      expect(JSON.parse(String(letter?.payload))).to.deep.equal(
        JSON.parse(JSON.stringify(bad.document)),
      );
    }));

  it('sends the barest form when the reduced one is refused too', () =>
    withSink(async (server, sink) => {
      server.trouble = ({ index, document }) =>
        index.startsWith('logs-') && 'host' in document ? conflict : undefined;
      expect(await sink.write([sampleAlert(1)])).to.include({ created: 1, reduced: 1 });
      const [stored] = server.documents('logs-');
      const { event, message, tidegate } = Object(stored?.document);
      expect(event).to.include({ kind: 'alert', id: sampleAlert(1).id });
      expect([message, tidegate.level]).to.deep.equal(['Title of rule-1', 'high']);
    }));

  it('acknowledges nothing when an index takes no document at all', () =>
    withSink(async (server, sink) => {
      server.trouble = ({ index }) => (index.startsWith('logs-') ? conflict : undefined);
      const failure = await expectFailure(() => sink.write([sampleAlert(1)]), 'peer_refused');
      expect(failure.message).to.include('takes no documents').and.to.include('process.name');
      expect(server.documents('tidegate-alert-state')).to.deep.equal([]);
    }));

  it('writes a state without its evidence when that is refused', () =>
    withSink(async (server, sink) => {
      server.trouble = ({ document }) =>
        Array.isArray(document['evidence']) && document['evidence'].length > 0
          ? conflict
          : undefined;
      expect(await sink.write([sampleAlert(1)])).to.include({ advanced: 1 });
      expect(server.documents('tidegate-alert-state')[0]?.document).to.include({ count: 2 });
    }));

  it('writes nothing where the template is missing, and says what to do', () =>
    withSink(async (server, sink) => {
      server.hasTemplates = false;
      const failure = await expectFailure(() => sink.write([sampleAlert(1)]), 'store_unprepared');
      expect(failure.message).to.include('tidegate setup elasticsearch');
      expect([server.sizes, failure.retryable]).to.deep.equal([[], false]);
      server.hasTemplates = true;
      expect(await sink.write([sampleAlert(1)])).to.include({ created: 1 });
    }));

  const headers: readonly (readonly [string, Partial<ElasticsearchSettings>, object])[] = [
    ['an API key', { api_key: 'a2V5' }, { authorization: 'ApiKey a2V5' }],
    ['a password', { username: 'u', password: 'p' }, { authorization: 'Basic dTpw' }],
    ['the words of version 9', {}, { accept: words(9, 'json') }],
    ['the words of version 8', { compat: 8 }, { accept: words(8, 'json') }],
    ['bulk in version 8', { compat: 8 }, { 'content-type': words(8, 'x-ndjson') }],
  ];
  for (const [name, settings, expected] of headers) {
    it(`sends ${name}`, () =>
      withSink(async (server, sink) => {
        await sink.write([sampleAlert(1)]);
        const bulk = server.requests.find(({ url }) => url === '/_bulk');
        expect(bulk?.headers).to.include(expected);
      }, settings));
  }

  for (const status of [401, 429, 500, 0]) {
    const name = status === 0 ? 'a connection that breaks' : `an answer of ${status}`;
    it(`S6: shows no credentials after ${name}`, async () => {
      const secrets = [{ api_key: 'c2VjcmV0' }, { username: 'u', password: 'secret' }] as const;
      for (const settings of secrets) {
        await withSink(async (server, sink) => {
          const mood = status === 0 ? { isCut: true } : { status };
          server.moods.push(...Array.from({ length: 20 }, () => mood));
          const code = status === 401 ? 'peer_refused' : 'peer_unreachable';
          const failure = await expectFailure(() => sink.write([sampleAlert(1)]), code);
          const shown = inspect(failure, { depth: 30, showHidden: true });
          expect(shown).to.not.match(/c2VjcmV0|secret|dTpzZWNyZXQ=/);
        }, settings);
      }
    });
  }

  it('names a server of another major version', () =>
    withSink(async (server, sink) => {
      const error = { type: 'media_type_header_exception', reason: 'Invalid media-type' };
      server.moods.push({ status: 400, body: JSON.stringify({ error }) });
      const failure = await expectFailure(() => sink.write([sampleAlert(1)]), 'peer_refused');
      expect(failure.message).to.include('compat: 8');
    }));
});

function words(version: number, form: string): string {
  return `application/vnd.elasticsearch+${form}; compatible-with=${version}`;
}

describe('the check of Elasticsearch', () => {
  it('says what is there', async () => {
    await using server = await BulkServer.open();
    const findings = await checkElasticsearch({ url: server.url });
    expect(findings.map(({ isOk }) => isOk)).to.deep.equal([true, true, true, true, true]);
  });

  it('says what is missing, and what to do', async () => {
    await using server = await BulkServer.open();
    server.hasTemplates = false;
    const findings = await checkElasticsearch({ url: server.url });
    const missing = findings.filter(({ isOk }) => !isOk);
    expect(missing).to.have.length(4);
    for (const { detail } of missing) expect(detail).to.include('tidegate setup elasticsearch');
  });

  it('says that nobody answers', async () => {
    const server = await BulkServer.open();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const findings = await checkElasticsearch({ url });
    expect(findings.map(({ what, isOk }) => [what, isOk])).to.deep.equal([['reachable', false]]);
  });
});
