import { expect } from 'chai';

import { ContentLabels } from '../../src/enrichment/content-labels.ts';
import { personalNumbers } from '../../src/enrichment/national-ids.ts';
import { SensitiveContent } from '../../src/enrichment/sensitive-content.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { event } from './events.ts';

const policy: Policy = {
  agent: () => undefined,
  list: (name) =>
    name === 'classification_marks'
      ? ['strictly confidential', '_confidential.']
      : name === 'sensitive_texts'
        ? ['project falcon', 'order no. 4?-*-x']
        : undefined,
};
const labels = new ContentLabels(policy);

describe('labels of content', () => {
  // [text, labels]
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['export GITHUB=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', ['secret']],
    ['ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx is how it looks', []],
    ['x-api-key: AKIAIOSFODNN7EXAMPLE', ['secret']],
    ['aws AKIAIOSFODNN7EXAMPLE', ['secret']],
    ['curl -H "Authorization: Bearer 0123456789abcdef0123"', ['access_token']],
    ['mysql --password=hunter22 db', ['password']],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb', ['private_key']],
    ['-----BEGIN CERTIFICATE-----\nMIIB', []],
    ['pay 4111 1111 1111 1111 now', ['card_number']],
    ['pay 4111 1111 1111 1112 now', []],
    ['to GB82 WEST 1234 5698 7654 32', ['account_number']],
    ['to GB82 WEST 1234 5698 7654 33', []],
    ['This is STRICTLY CONFIDENTIAL.', ['classification']],
    ['a confidential matter', []],
    ['about Project Falcon', ['own']],
    ['order no. 42-77-x', ['own']],
    ['nothing of note', []],
    ['', []],
  ];
  for (const [text, wanted] of table) {
    it(`${JSON.stringify(text)}: ${wanted.join(', ') || 'none'}`, () => {
      expect(labels.find(text).labels).to.deep.equal(wanted);
    });
  }

  it('reads no more of a long text than its head, and counts up to a limit', () => {
    expect(labels.find(`${'x'.repeat(70_000)} project falcon`).count).to.equal(0);
    expect(labels.find('4111 1111 1111 1111, '.repeat(1000)).count).to.equal(64);
  });
});

describe('numbers of persons and accounts', () => {
  // [text, kind]
  const table: readonly (readonly [string, string | undefined])[] = [
    ['DE89370400440532013000', 'iban'],
    ['DE89370400440532013001', undefined],
    ['123-45-6789', 'us_ssn'],
    ['000-45-6789', undefined],
    ['987-65-4321', undefined],
    ['12345678Z', 'es_dni'],
    ['12345678A', undefined],
    ['X1234567L', 'es_dni'],
    ['RSSMRA85T10A562S', 'it_codice_fiscale'],
    ['RSSMRA85T10A562T', undefined],
    ['2 55 08 14 168 025 38', 'fr_nir'],
    ['2 55 08 14 168 025 39', undefined],
    ['529.982.247-25', 'br_cpf'],
    ['529.982.247-26', undefined],
    ['111.111.111-11', undefined],
    ['AB 12 34 56 C', 'uk_nino'],
    ['GB 12 34 56 C', undefined],
    ['12345678901', undefined],
    ['2026-11-26', undefined],
  ];
  for (const [text, kind] of table) {
    it(`${text} is ${kind ?? 'none'}`, () => {
      expect(personalNumbers(`see ${text}, please`, 9).map((found) => found.kind)).to.deep.equal(
        kind === undefined ? [] : [kind],
      );
    });
  }

  it('ends on any text', () => {
    for (const text of ['A'.repeat(100_000), '1 '.repeat(50_000), 'GB82'.repeat(20_000)]) {
      expect(personalNumbers(text, 8).length).to.be.lessThan(9);
    }
  });
});

describe('sensitive content of events', () => {
  const derive = new SensitiveContent();

  it('is that of the text and that of the name', () => {
    const launch = event('process_creation', 0, undefined, {
      CommandLine: 'mail -s x < 4111111111111111',
    });
    derive.derive(launch, policy);
    expect(Object.fromEntries(launch.derived)).to.deep.equal({
      'tidegate.dlp.labels': ['card_number'],
      'tidegate.dlp.kinds': ['card_number'],
      'tidegate.dlp.count': 1,
    });
    const file = event('file_access', 0, undefined, { TargetFilename: '/x/plan_confidential.pdf' });
    derive.derive(file, policy);
    expect(Object.fromEntries(file.derived)).to.deep.equal({
      'tidegate.dlp.name_labels': ['classification'],
    });
  });

  it('is nothing for most events', () => {
    const launch = event('process_creation', 0, undefined, { CommandLine: 'git status' });
    derive.derive(launch, policy);
    expect(launch.derived.size).to.equal(0);
  });
});
