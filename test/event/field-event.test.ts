import { expect } from 'chai';
import { digestParts } from '../../src/base/sha256.ts';

import type { JsonObject } from '../../src/base/json.ts';
import type { Scalar } from '../../src/event/event.ts';
import { FieldEvent } from '../../src/event/field-event.ts';
import { logsource } from '../../src/event/logsource.ts';
import { at, constant, field } from '../../src/event/reader.ts';
import type { AliasReader } from '../../src/event/reader.ts';
import { ecs } from '../../src/event/shape.ts';
import type { EventShape } from '../../src/event/shape.ts';

const shape: EventShape = {
  sensor: 'test',
  logsource: logsource('windows', ['process_creation'], ['test']),
  activity: 'process_start',
  aliases: new Map<string, AliasReader>([
    ['Image', field('path')],
    ['Missing', field('nowhere')],
    ['Provider_Name', (_data, whole) => at('header.provider')(whole)],
  ]),
  process: { pid: field('pid'), executable: field('path'), startsNow: true },
  processHeader: undefined,
  ecs: [ecs('process.executable', field('path')), ecs('event.kind', constant('late'))],
  ecsHeaders: [ecs('event.kind', constant('event')), ecs('event.provider', at('header.provider'))],
  hasSpacedNames: true,
  dataPath: undefined,
  isEcs: false,
};

const data = JSON.parse(`{
  "path": "C:\\\\a.exe", "pid": "0x10", "empty": "", "none": null, "list": ["a", 1, null],
  "a.b": "flat", "a": {"b": "nested", "c": [{"d": 1}, {"d": [2, 3]}, {"e": 4}]},
  "Threat Name": "eicar", "text": {"#text": "inside", "#attributes": {"x": 1}}, "object": {"x": 1},
  "mixed": [{"#text": "t"}, {"y": 1}, [5]], "Image": "raw"
}`) as JsonObject;
const whole: JsonObject = { header: { provider: 'p', deep: { er: 7 } }, data, top: 'of record' };

interface Changes {
  readonly source?: string;
  readonly offset?: number;
  readonly sensorId?: string;
  readonly index?: number;
  readonly payload?: string;
  readonly time?: number;
  readonly shape?: EventShape;
  readonly isUnpacked?: boolean;
  readonly whole?: JsonObject;
}

function event(changes: Changes = {}): FieldEvent {
  const payload = new TextEncoder().encode(changes.payload ?? 'raw bytes');
  const position = {
    source: changes.source ?? 'topic',
    partition: 0,
    offset: changes.offset ?? 1,
  };
  return new FieldEvent({
    shape: changes.shape ?? shape,
    data,
    whole: changes.whole ?? whole,
    time: changes.time ?? 1_600_000_000_000,
    host: 'host-1',
    sensorId: changes.sensorId,
    isUnpacked: changes.isUnpacked ?? false,
    isPlain: false,
    record: { payload, position },
    index: changes.index ?? 0,
  });
}

describe('FieldEvent.get', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['Image', 'C:\\a.exe'],
    ['path', 'C:\\a.exe'],
    ['PATH', undefined],
    ['Missing', undefined],
    ['empty', ''],
    ['none', null],
    ['list', ['a', 1, null]],
    ['a.b', 'flat'],
    ['a.c.d', [1, [2, 3]]],
    ['a.c.e', [4]],
    ['a.c.z', undefined],
    ['a', undefined],
    ['object', undefined],
    ['object.x', 1],
    ['text', 'inside'],
    ['mixed', ['t', [5]]],
    ['ThreatName', 'eicar'],
    ['Threat Name', 'eicar'],
    ['Provider_Name', 'p'],
    ['header.deep.er', 7],
    ['top', 'of record'],
    ['Computer', 'host-1'],
    ['constructor', undefined],
    ['toString', undefined],
    ['__proto__', undefined],
    ['a.__proto__', undefined],
    ['list.length', undefined],
    ['', undefined],
    ['.', undefined],
    ['...', undefined],
  ];
  for (const [name, expected] of cases) {
    it(`'${name}' is ${JSON.stringify(expected)}`, () => {
      expect(event().get(name)).to.deep.equal(expected);
    });
  }

  it('reads what enrichments derived before anything of the sensor', () => {
    const subject = event();
    subject.derived.set('Image', 'derived').set('tidegate.agent', 'claude');
    expect(subject.get('Image')).to.equal('derived');
    expect(subject.get('tidegate.agent')).to.equal('claude');
    expect(subject.get('path')).to.equal('C:\\a.exe');
    expect(event().get('Image')).to.equal('C:\\a.exe');
  });

  it('looks for names with spaces only where the sensor has them', () => {
    expect(event({ shape: { ...shape, hasSpacedNames: false } }).get('ThreatName')).to.equal(
      undefined,
    );
  });
});

describe('FieldEvent.someValue', () => {
  function valuesOf(subject: FieldEvent): readonly Scalar[] {
    const values: Scalar[] = [];
    subject.someValue((value) => {
      values.push(value);
      return false;
    });
    return values;
  }

  it('visits every scalar of the record, however deep, and no names', () => {
    const values = valuesOf(event({ whole: { a: [1, { b: [true, null, ['x']] }], c: '' } }));
    expect(values).to.deep.equal([1, true, null, 'x', '']);
  });

  it('visits data that stood as text in the record', () => {
    expect(valuesOf(event({ whole: { a: 1 } }))).not.to.include('eicar');
    expect(valuesOf(event({ whole: { a: 1 }, isUnpacked: true }))).to.include('eicar');
  });

  it('stops at the first value that satisfies', () => {
    let visits = 0;
    const found = event().someValue((value) => {
      visits++;
      return value === 'p';
    });
    expect([found, visits]).to.deep.equal([true, 1]);
  });
});

describe('FieldEvent.id', () => {
  it('is the sensor’s own id with host and time', () => {
    expect(event({ sensorId: 'Security/17' }).id).to.equal('host-1/Security/17/1600000000000');
    expect(event({ sensorId: 'Security/17', time: 5 }).id).to.equal('host-1/Security/17/5');
  });

  it('tells the events of one record apart', () => {
    expect(event({ index: 1 }).id).to.equal(`${event().id}#1`);
  });

  it('is else a digest of host and bytes, the same when a topic delivers them again', () => {
    expect(event().id).to.match(/^[0-9a-f]{64}$/);
    expect(event({ offset: 2 }).id).to.equal(event({ offset: 1 }).id);
    expect(event({ payload: 'other bytes' }).id).not.to.equal(event().id);
    expect(event({ payload: '{"a":"ä"}' }).id).to.equal(digestParts(['host-1', '{"a":"ä"}']));
  });

  it('is the same with a byte order mark in front', () => {
    expect(event({ payload: '\ufeff{}' }).id).to.equal(event({ payload: '{}' }).id);
  });

  for (const source of ['/var/log/a.ndjson', 'C:\\logs\\a.ndjson', '-']) {
    it(`counts equal lines of ${source} as different events`, () => {
      const ids = [1, 2].map((offset) => event({ source, offset }).id);
      expect(ids[0]).not.to.equal(ids[1]);
      expect(event({ source, offset: 1 }).id).to.equal(ids[0]);
    });
  }
});

describe('FieldEvent.document', () => {
  it('is nested, without empty fields, and the first writer of a field wins', () => {
    expect(event().document()).to.deep.equal({
      '@timestamp': '2020-09-13T12:26:40.000Z',
      host: { name: 'host-1' },
      event: { kind: 'event', provider: 'p' },
      process: { executable: 'C:\\a.exe' },
    });
  });

  it('shows the data as they are where the kind says so', () => {
    const document = event({ shape: { ...shape, dataPath: ['winlog', 'event_data'] } }).document();
    expect(document).to.have.nested.property('winlog.event_data.Threat Name', 'eicar');
  });

  it('is a copy of a record that is ECS already', () => {
    const document = event({ shape: { ...shape, isEcs: true } }).document();
    expect(document['header']).to.deep.equal(whole['header']);
    expect(document['header']).not.to.equal(whole['header']);
    expect(whole).not.to.have.property('@timestamp');
  });
});

describe('FieldEvent.process', () => {
  it('reads the process that the shape points to', () => {
    expect(event().process()).to.deep.equal({
      pid: 16,
      start: 1_600_000_000_000,
      executable: 'C:\\a.exe',
    });
  });

  it('is undefined where the kind has none', () => {
    expect(event({ shape: { ...shape, process: undefined } }).process()).to.equal(undefined);
  });

  it('reads the envelope where only that names it', () => {
    const processHeader = { pid: at('header.deep.er') };
    const subject = event({ shape: { ...shape, process: undefined, processHeader } });
    expect(subject.process()).to.deep.equal({ pid: 7 });
  });
});
