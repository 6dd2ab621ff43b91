import { expect } from 'chai';

import { tokenValid } from '../../src/enrichment/token-valid.ts';
import { TokenTracker } from '../../src/enrichment/tokens.ts';
import { SyntheticEvent } from '../../src/workbench/synthetic-event.ts';
import { event, policy } from './events.ts';

const START = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;

let index = 0;

function audit(
  product: string,
  time: number,
  host: string,
  fields: Readonly<Record<string, string | number>>,
): SyntheticEvent {
  index += 1;
  const facts = {
    time: START + time,
    index,
    host,
    product,
    fields: new Map(Object.entries(fields)),
  };
  return new SyntheticEvent(facts);
}

function grant(
  time: number,
  more: Readonly<Record<string, string>> = {},
  host = 'wks-1',
): SyntheticEvent {
  return audit('tidegate', time, host, {
    'event.action': 'grant',
    'event.outcome': 'success',
    'token.id': 't1',
    'token.audience': 'files.example.com',
    'token.expires': '2026-01-05T10:00:00Z',
    User: 'ana@corp.example',
    ...more,
  });
}

function audiences(
  tracker: TokenTracker,
  time: number,
  host = 'WKS-1.corp.example',
  User = 'CORP\\Ana',
): unknown {
  const deed = event('network_connection', START + time, undefined, { host, User });
  tracker.enrich(deed);
  return deed.derived.get('tidegate.token.audiences');
}

describe('tokens', () => {
  it('are valid on their device, for their user, from grant to end', () => {
    const tracker = new TokenTracker();
    tracker.observe(grant(1000));
    expect(audiences(tracker, 999)).to.equal(undefined);
    expect(audiences(tracker, 1000)).to.deep.equal(['files.example.com']);
    expect(audiences(tracker, HOUR - 1)).to.deep.equal(['files.example.com']);
    expect(audiences(tracker, HOUR)).to.equal(undefined);
    expect(audiences(tracker, 2000, 'wks-2')).to.equal(undefined);
    expect(audiences(tracker, 2000, 'wks-1', 'CORP\\eve')).to.equal(undefined);
  });

  it('end with a revocation', () => {
    const tracker = new TokenTracker();
    tracker.observe(grant(0));
    tracker.observe(
      audit('tidegate', 10, 'wks-1', { 'event.action': 'revocation', 'token.id': 't1' }),
    );
    expect(audiences(tracker, 20)).to.equal(undefined);
  });

  it('that were refused are none', () => {
    const tracker = new TokenTracker();
    tracker.observe(grant(0, { 'event.outcome': 'failure' }));
    tracker.observe(grant(0, { 'event.action': 'refusal' }));
    expect(audiences(tracker, 20)).to.equal(undefined);
  });

  it('of Vault count for the destination in their metadata', () => {
    const tracker = new TokenTracker();
    const granted = {
      'response.auth.accessor': 'hmac-sha256:1f',
      'response.auth.token_ttl': 60,
      'response.auth.metadata.destination': 'files.example.com',
      'response.auth.metadata.device': 'WKS-1',
      'response.auth.metadata.user': 'ana',
    };
    tracker.observe(audit('hashicorp_vault', 0, '10.6.8.36', granted));
    expect(audiences(tracker, 59_999)).to.deep.equal(['files.example.com']);
    expect(audiences(tracker, 60_000)).to.equal(undefined);
  });

  it('shown by another device than their own are foreign', () => {
    const tracker = new TokenTracker();
    tracker.observe(grant(0));
    const use = (host: string): SyntheticEvent =>
      audit('tidegate', 50, host, { 'event.action': 'introspection', 'token.id': 't1' });
    const own = use('WKS-1.corp.example');
    tracker.enrich(own);
    expect(own.derived.get('tidegate.token.foreign_device')).to.equal(undefined);
    const foreign = use('wks-9');
    tracker.enrich(foreign);
    expect(Object.fromEntries(foreign.derived)).to.deep.equal({
      'tidegate.token.foreign_device': true,
      'tidegate.token.issued_to': 'wks-1',
    });
  });

  it('of Vault from before we listened belong to the address of their first use', () => {
    const tracker = new TokenTracker();
    const use = (host: string): SyntheticEvent =>
      audit('hashicorp_vault', 50, host, { 'secret.name': 'secret/data/x', 'token.id': 'hmac:2' });
    const [first, second] = [use('10.0.0.1'), use('10.0.0.2')];
    for (const each of [first, second]) {
      tracker.observe(each);
      tracker.enrich(each);
    }
    expect(first.derived.has('tidegate.token.foreign_device')).to.equal(false);
    expect(second.derived.get('tidegate.token.foreign_device')).to.equal(true);
  });

  it('live on in a snapshot', () => {
    const tracker = new TokenTracker();
    tracker.observe(grant(0));
    const restored = new TokenTracker();
    restored.restore(JSON.parse(JSON.stringify(tracker.snapshot())));
    expect(audiences(restored, 20)).to.deep.equal(['files.example.com']);
    expect(restored.snapshot()).to.deep.equal(tracker.snapshot());
  });

  it('are bounded per device and in all; a device forgets only its own', () => {
    const limits = { tokensPerHostMax: 16, tokensMax: 40, keepMs: HOUR };
    const tracker = new TokenTracker(limits);
    tracker.observe(grant(0));
    for (let n = 0; n < 200; n += 1) {
      tracker.observe(grant(n, { 'token.id': `x${String(n)}`, User: `u${String(n)}` }, 'wks-2'));
    }
    const { entries, evicted } = tracker.statistics();
    expect(entries).to.be.at.most(18);
    expect(entries + evicted).to.equal(201);
    expect(audiences(tracker, 500)).to.deep.equal(['files.example.com']);
  });
});

describe('a token for a destination', () => {
  // [audience, host, valid]
  const table: readonly (readonly [string, string, boolean])[] = [
    ['files.example.com', 'files.example.com', true],
    ['files.example.com', 'x.files.example.com', false],
    ['files.example.com', 'evilfiles.example.com', false],
    ['https://files.example.com/api', 'files.example.com', true],
    ['*.example.com', 'files.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'evilexample.com', false],
  ];
  for (const [audience, host, valid] of table) {
    it(`${audience} ${valid ? 'allows' : 'does not allow'} ${host}`, () => {
      const deed = event('network_connection', 0);
      deed.derived.set('tidegate.token.audiences', [audience]);
      deed.derived.set('tidegate.destination.host', host);
      tokenValid.derive(deed, policy);
      expect(deed.derived.get('tidegate.token.valid')).to.equal(valid);
    });
  }
});
