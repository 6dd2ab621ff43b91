import { expect } from 'chai';

import { createAutoDecoder, findDecoder } from '../../../src/decoders/index.ts';
import type { Decoder } from '../../../src/decoders/decoder.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import type { RawRecord } from '../../../src/event/record.ts';
import { recordOf } from '../fixtures.ts';

const FIELDS = '#Fields: date time c-ip cs-method c-uri cs-bytes sc-bytes';
const LINE = '2026-06-09 10:13:20 10.6.8.36 PUT https://files.example.net/a.zip 777 12';

function decode(decoder: Decoder, record: RawRecord): readonly (TelemetryEvent | string)[] {
  const found: (TelemetryEvent | string)[] = [];
  const problem = decoder.decode(record, (event) => found.push(event));
  return problem === undefined ? found : [...found, problem.reason];
}

function only(decoder: Decoder, record: RawRecord): TelemetryEvent {
  const [event] = decode(decoder, record);
  if (event === undefined || typeof event === 'string') throw new Error(`no event: ${event}`);
  return event;
}

describe('logs in W3C form', () => {
  it('are refused until they have declared their columns', () => {
    const decoder = createAutoDecoder();
    expect(decode(decoder, recordOf(LINE, 1))).to.deep.equal(['unknown_format']);
    expect(decode(decoder, recordOf(FIELDS, 2))).to.deep.equal([]);
    expect(only(decoder, recordOf(LINE, 3)).get('cs-bytes')).to.equal('777');
  });

  it('each have their own columns', () => {
    const decoder = createAutoDecoder();
    decode(decoder, recordOf(FIELDS, 1, '/logs/one'));
    expect(decode(decoder, recordOf(LINE, 1, '/logs/two'))).to.deep.equal(['unknown_format']);
    decode(decoder, recordOf('#Fields: date time cs-method c-uri c-ip', 2, '/logs/two'));
    const other = '2026-06-09 10:13:20 GET http://a.example/ 10.6.8.37';
    expect(only(decoder, recordOf(other, 3, '/logs/two')).get('src_ip')).to.equal('10.6.8.37');
    expect(only(decoder, recordOf(LINE, 2, '/logs/one')).get('src_ip')).to.equal('10.6.8.36');
  });

  it('may be remembered by 1024 senders; the oldest then has to declare itself anew', () => {
    const decoder = createAutoDecoder();
    for (let sender = 0; sender <= 1024; sender++) {
      decode(decoder, recordOf(FIELDS, 1, `/logs/${sender}`));
    }
    expect(decode(decoder, recordOf(LINE, 2, '/logs/0'))).to.deep.equal(['unknown_format']);
    expect(decode(decoder, recordOf(LINE, 2, '/logs/1'))).to.have.lengthOf(1);
    expect(decode(decoder, recordOf(LINE, 2, '/logs/1024'))).to.have.lengthOf(1);
  });

  it('give events whose records can be read again on their own', () => {
    const decoder = createAutoDecoder();
    decode(decoder, recordOf('#Date: 2026-06-09 00:00:00', 1));
    decode(decoder, recordOf('#Fields: time c-ip c-uri', 2));
    const event = only(decoder, recordOf('10:13:20 10.6.8.36 http://a.example/', 3));
    const revived = only(createAutoDecoder(), event.origin.record);
    expect(revived.id).to.equal(event.id);
    expect(revived.document()).to.deep.equal(event.document());
    expect(revived.position.offset).to.equal(3);
  });

  it('are refused where a line has other columns than were declared', () => {
    const decoder = createAutoDecoder();
    decode(decoder, recordOf(FIELDS, 1));
    expect(decode(decoder, recordOf(`${LINE} 1`, 2))).to.deep.equal(['missing_field']);
    expect(decode(decoder, recordOf(LINE.slice(0, 40), 3))).to.deep.equal(['missing_field']);
  });

  it('tell a proxy from a web server by their columns', () => {
    const decoder = findDecoder('w3c');
    if (decoder === undefined) throw new Error('no decoder w3c');
    const server = '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip sc-status';
    decode(decoder, recordOf(server, 1, '/logs/iis'));
    const line = '2026-06-09 10:13:20 10.6.9.5 GET /a.aspx x=1 203.0.113.50 200';
    const event = only(decoder, recordOf(line, 2, '/logs/iis'));
    expect(event.logsource.categories).to.deep.equal(['webserver']);
    expect(event.host).to.equal('10.6.9.5');
    const names = ['cs-uri-stem', 'cs-uri-query', 'c-ip', 'sc-status'];
    const values = names.map((name) => event.get(name));
    expect(values).to.deep.equal(['/a.aspx', 'x=1', '203.0.113.50', '200']);
  });
});
