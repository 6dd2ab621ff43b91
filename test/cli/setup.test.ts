import { expect } from 'chai';
import { BulkServer } from '../sinks/elasticsearch/bulk-server.ts';
import { tidegate } from './command.ts';

describe('tidegate setup elasticsearch', () => {
  it('prints what it would put, and asks nobody', async () => {
    const { code, stdout } = await tidegate(['setup', 'elasticsearch', '--dry-run']);
    expect(code).to.equal(0);
    const requests = stdout.trim().split('\n\n');
    const paths = requests.map((request) => request.slice(0, request.indexOf('\n')));
    expect(paths).to.include.members([
      'PUT /_ilm/policy/tidegate-alerts',
      'PUT /_index_template/tidegate-alerts',
      'PUT /tidegate-alert-state',
    ]);
    for (const request of requests) JSON.parse(request.slice(request.indexOf('\n')));
    const template = requests.find((text) =>
      text.startsWith('PUT /_index_template/tidegate-alerts'),
    );
    const body = JSON.parse(String(template).slice(String(template).indexOf('\n')));
    expect(body).to.deep.include({ index_patterns: ['logs-tidegate.alerts-*'], priority: 500 });
    expect(body).to.not.have.property('data_stream');
  });

  it('puts templates, then indices, and says what was put', async () => {
    await using server = await BulkServer.open();
    const { code, stdout } = await tidegate(['setup', 'elasticsearch', '--url', server.url]);
    expect(code).to.equal(0);
    expect(stdout).to.include('template tidegate-alerts').and.to.include('deleted 395 days');
    const puts = server.requests.filter(({ method }) => method === 'PUT').map(({ url }) => url);
    expect(puts.indexOf('/_index_template/tidegate-alert-state')).to.be.above(-1);
    expect(puts.indexOf('/tidegate-alert-state')).to.be.above(
      puts.indexOf('/_index_template/tidegate-alert-state'),
    );
  });

  for (const [isPrepared, expected] of [
    [true, 0],
    [false, 1],
  ] as const) {
    it(`--check ends with ${expected} when all is ${isPrepared ? 'there' : 'missing'}`, async () => {
      await using server = await BulkServer.open();
      server.hasTemplates = isPrepared;
      const args = ['setup', 'elasticsearch', '--check', '--url', server.url];
      const { code, stdout } = await tidegate(args);
      expect(code).to.equal(expected);
      if (!isPrepared) expect(stdout).to.match(/missing.*tidegate setup elasticsearch/);
      const writes = server.requests.filter(({ method }) => method !== 'GET');
      expect(writes).to.deep.equal([]);
    });
  }

  const mistakes: readonly (readonly [readonly string[], number, string])[] = [
    [['--url', 'es:9200'], 2, '--url'],
    [['--retention-days', 'x'], 2, '--retention-days'],
    [['--compat', '7'], 2, '--compat'],
    [['--url', 'http://127.0.0.1:1'], 1, 'http://127.0.0.1:1: '],
    [['--ca-file', '/none.pem'], 1, '/none.pem: no such file'],
  ];
  for (const [args, expected, words] of mistakes) {
    it(`names the mistake in ${args.join(' ')}`, async () => {
      const { code, stderr } = await tidegate(['setup', 'elasticsearch', ...args]);
      expect([code, stderr.includes(words)], stderr).to.deep.equal([expected, true]);
    });
  }
});
