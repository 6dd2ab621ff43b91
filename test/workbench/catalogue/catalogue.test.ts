import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { fieldsOfLogsource, isKnownField } from '../../../src/workbench/catalogue.ts';
import { seenFields, type FieldTable } from './seen.ts';

const path = resolve(import.meta.dirname, '../../../schemas/fields.json');
const table = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly logsources: FieldTable;
};

describe('field catalogue', () => {
  it('claims of no sensor that it fills a field, unless a fixture shows it', () => {
    const advice = 'run: node test/workbench/catalogue/write.ts';
    const seen = seenFields(table.logsources);
    for (const [key, fields] of Object.entries(table.logsources)) {
      for (const [field, sensors] of Object.entries(fields)) {
        const shown = seen.get(key)?.get(field)?.split(' ') ?? [];
        for (const sensor of sensors.split(' ').filter((each) => each !== '')) {
          expect(shown, `${key} ${field}: ${advice}`).to.include(sensor);
        }
      }
    }
  });

  it('lists the fields of a log source, the common ones first', () => {
    const [first] = fieldsOfLogsource({ category: 'process_creation' });
    expect(first?.sensors).to.include.members(['sysmon', 'windows', 'osquery']);
  });

  // [log source, field, known]
  const rows: readonly (readonly [object, string, boolean])[] = [
    [{ category: 'process_creation' }, 'CommandLine', true],
    [{ category: 'process_creation' }, 'CommandLin', false],
    [{ category: 'process_creation' }, 'process.ai_agent.name', true],
    [{ category: 'process_creation' }, 'some.dotted.path', true],
    [{ category: 'never_heard_of' }, 'Anything', true],
    [{ product: 'windows' }, 'Anything', true],
  ];
  for (const [logsource, field, isKnown] of rows) {
    it(`${JSON.stringify(logsource)} ${field}: ${isKnown ? 'known' : 'unknown'}`, () => {
      expect(isKnownField(field, logsource)).to.equal(isKnown);
    });
  }
});
