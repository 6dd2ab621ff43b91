import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { textAt } from '../../src/alert/ecs-path.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { serving } from './served.ts';

const three = [
  sampleAlert(1, { level: 'critical', version: 40 }),
  sampleAlert(2, { level: 'high', ruleId: 'rule-2' }),
  sampleAlert(3, { level: 'low' }),
];
const ids = three.map(({ id }) => id);

describe('dashboard: API', () => {
  it('lists, filters, searches, sorts and pages', () =>
    serving(three, async ({ ask }) => {
      const list = async (query: string): Promise<readonly string[]> => {
        const { status, body } = await ask('GET', `/alerts?${query}`);
        expect(status, query).to.equal(200);
        return body.alerts.map((row: { readonly host: string }) => row.host);
      };
      expect(await list('')).to.deep.equal(['LAP-3', 'LAP-2', 'LAP-1']);
      expect(await list('severity=critical,high&sort=host')).to.deep.equal(['LAP-1', 'LAP-2']);
      expect(await list('-host=LAP-3')).to.deep.equal(['LAP-2', 'LAP-1']);
      expect(await list('rule=rule-2')).to.deep.equal(['LAP-2']);
      expect(await list('count=>10')).to.deep.equal(['LAP-1']);
      expect(await list('q=payroll+3')).to.deep.equal(['LAP-3']);
      expect(await list('q=%22%3BDROP+OR+%28+NEAR')).to.deep.equal([]);
      expect(await list('state=closed')).to.deep.equal([]);
      const { body: first } = await ask('GET', '/alerts?limit=2');
      expect(first).to.include({ total: 3 });
      expect(await list(`limit=2&cursor=${encodeURIComponent(first.next ?? '')}`)).to.deep.equal([
        'LAP-1',
      ]);
      expect(await list('limit=2&offset=2')).to.deep.equal(['LAP-1']);
    }));

  it('names what is wrong with a question', () =>
    serving(three, async ({ ask }) => {
      for (const [path, status] of [
        ['/alerts?severity=urgent', 400],
        ['/alerts?limit=5000', 400],
        ['/alerts?cursor=x', 400],
        ['/alerts/unknown', 404],
        ['/alerts/groups?by=colour', 400],
        ['/rules/none', 404],
        ['/nowhere', 404],
      ] as const) {
        const answer = await ask('GET', path);
        expect(answer.status, path).to.equal(status);
        expect(answer.body.detail, path).to.be.a('string').and.not.equal('');
      }
    }));

  it('gives one alert whole, as Markdown and as a bundle', () =>
    serving(three, async ({ ask, origin }) => {
      const { body } = await ask('GET', `/alerts/${ids[0]}`);
      expect(textAt(body.document, 'event.id')).to.equal(ids[0]);
      expect(body.evidence).to.have.lengthOf.above(0);
      const bundle = await ask('GET', `/alerts/${ids[0]}/bundle`);
      expect(bundle.headers.get('content-disposition')).to.contain('attachment');
      expect(bundle.body.alert.id).to.equal(ids[0]);
      expect(origin).to.contain('127.0.0.1');
    }));

  it('triage: who saw what stands there may change it, who did not is told', () =>
    serving(three, async ({ ask, folder }) => {
      const path = `/alerts/${ids[1]}/triage`;
      const done = await ask('PUT', path, { version: 0, state: 'acknowledged', assignee: 'lena' });
      expect(done.body.triage).to.include({ version: 1, state: 'acknowledged', assignee: 'lena' });
      const late = await ask('PUT', path, { version: 0, state: 'closed', reason: 'attack' });
      expect(late.status).to.equal(409);
      expect(late.body.triage).to.include({ version: 1, state: 'acknowledged' });
      const closed = await ask('PUT', path, { version: 1, state: 'closed', reason: 'expected' });
      expect(closed.body.triage).to.include({ state: 'closed', reason: 'expected' });
      const noReason = await ask('PUT', path, { version: 2, state: 'closed' });
      expect(noReason.body.detail).to.contain('reason');
      const { body } = await ask('GET', `/alerts/${ids[1]}`);
      expect(body.log.map((entry: { readonly state: string }) => entry.state)).to.deep.equal([
        'closed',
        'acknowledged',
      ]);
      const audit = readFileSync(join(folder, 'audit.ndjson'), 'utf8');
      expect(audit.match(/"action":"triage"/g)).to.have.lengthOf(3);
      expect(audit).to.contain('"user":{"name":"lena"}');
    }));

  it('the detector never overwrites triage, and growth after closing is told', () =>
    serving(three, async ({ ask, sink, indexed }) => {
      const change = { version: 0, state: 'closed', reason: 'expected' };
      await ask('PUT', `/alerts/${ids[0]}/triage`, change);
      await sink.write([sampleAlert(1, { level: 'critical', version: 63 }), sampleAlert(4)]);
      await indexed(4);
      const { body } = await ask('GET', `/alerts/${ids[0]}`);
      expect(body).to.include({ count: 63 });
      expect(body.triage).to.include({ state: 'closed', reason: 'expected', grewBy: 23 });
      const { body: grown } = await ask('GET', '/alerts?state=closed&grown=1');
      expect(grown.total).to.equal(1);
    }));

  it('changes many at once, and says what became of each', () =>
    serving(three, async ({ ask }) => {
      const alerts = [
        { id: ids[0], version: 0 },
        { id: ids[1], version: 7 },
        { id: 'gone', version: 0 },
      ];
      const { body } = await ask('POST', '/triage', { change: { state: 'acknowledged' }, alerts });
      expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal([
        'done',
        'conflict',
        'unknown',
      ]);
      const change = { state: 'closed', reason: 'duplicate' };
      const all = await ask('POST', '/triage?state=open', { change, matching: true });
      expect(all.body.results).to.have.lengthOf(2);
      const { body: summary } = await ask('GET', '/alerts/summary');
      expect(summary.tabs).to.include({ active: 1, closed: 2, all: 3, unassigned: 1 });
    }));

  it('counts tabs, facets and groups', () =>
    serving(three, async ({ ask }) => {
      const { body } = await ask('GET', '/alerts/summary?severity=critical');
      expect(body.tabs.all).to.equal(1);
      // A facet counts without its own part of the filter, so that more can be chosen.
      expect(body.facets.severity?.map(({ value }) => value)).to.have.members([
        'critical',
        'high',
        'low',
      ]);
      expect(body.histogram.buckets.flat().reduce((a: number, b: number) => a + b)).to.equal(1);
      const groups = await ask('GET', '/alerts/groups?by=rule');
      expect(groups.body.groups.map((each: { value: string }) => each.value)).to.deep.equal([
        'rule-1',
        'rule-2',
      ]);
      const related = await ask('GET', `/alerts/${ids[0]}/related`);
      expect(related.body).to.include({ before: 0 });
    }));

  it('tells live of what was written', () =>
    serving(three, async ({ origin, url, sink }) => {
      const token = new URL(url).searchParams.get('token');
      const abort = new AbortController();
      const response = await fetch(`${origin}/api/v1/live`, {
        headers: { authorization: `Bearer ${token}` },
        signal: abort.signal,
      });
      const places = new Set<number>();
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        for (const [, place] of text.matchAll(/"place":(\d+)/g)) places.add(Number(place));
        if (places.size === 1) await sink.write([sampleAlert(9)]);
        if (places.size > 1) break;
      }
      abort.abort();
      expect([...places]).to.have.lengthOf(2);
      expect(text).to.contain('event: pulse');
    }));

  it('the OpenAPI document names every route, and no other', () =>
    serving([], async ({ ask }) => {
      const { body: document } = await ask('GET', '/openapi.json');
      const routes: string[] = [];
      for (const [path, verbs] of Object.entries(document.paths as Record<string, object>)) {
        for (const verb of Object.keys(verbs)) routes.push(`${verb.toUpperCase()} ${path}`);
      }
      for (const route of routes.filter((each) => !each.includes('/live'))) {
        const [verb = '', path = ''] = route.split(' ');
        const body = verb === 'GET' ? undefined : {};
        const answer = await ask(verb, path.replaceAll(/\{(\w+)\}/g, 'agent'), body);
        const isRoute = answer.body?.detail !== 'there is nothing under this address';
        expect(isRoute, route).to.equal(true);
      }
      expect(routes).to.include.members(['GET /alerts', 'PUT /alerts/{id}/triage', 'GET /live']);
    }));
});
