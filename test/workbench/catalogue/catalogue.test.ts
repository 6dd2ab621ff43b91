import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { fieldsOfLogsource, isKnownField } from '../../../src/workbench/catalogue.ts';
import { computedFields, seenFields, type FieldTable } from './seen.ts';

const path = resolve(import.meta.dirname, '../../../schemas/fields.json');
const table = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly computed: readonly string[];
  readonly logsources: FieldTable;
};

describe('field catalogue', () => {
  it('says of each log source which sensors fill which field, as the fixtures show', () => {
    const advice = 'run: node test/workbench/catalogue/write.ts';
    expect(table.computed, advice).to.deep.equal(computedFields());
    for (const [key, fields] of seenFields(table.logsources)) {
      for (const [field, sensors] of fields) {
        expect(table.logsources[key]?.[field], `${key} ${field}: ${advice}`).to.equal(sensors);
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
