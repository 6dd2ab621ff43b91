import { expect } from 'chai';
import fc from 'fast-check';

import { createAutoDecoder, createReferenceDecoder } from '../../src/decoders/index.ts';
import type { Decoder } from '../../src/decoders/decoder.ts';
import { ABSENT, COMPUTED } from '../../src/event/event-form.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { fieldValue } from '../../src/event/field-value.ts';
import { fixtures, recordOf, decodeLine } from './fixtures.ts';
import { names } from './scanner/json-texts.ts';

const all = fixtures();
const lines = all.flatMap((fixture) => fixture.lines);

// Names that rules ask for and that stand somewhere else, or under another name, in some format.
const ASKED = [
  'Computer',
  'Channel',
  'EventID',
  'Provider_Name',
  'Image',
  'ParentImage',
  'CommandLine',
  'User',
  'Hashes',
  'md5',
  'sha256',
  'Imphash',
  'TargetFilename',
  'DestinationIp',
  'DestinationHostname',
  'EventType',
  'Data',
  'Message',
  'process.name',
  'event.category',
  'host.name',
  'winlog.event_data.Image',
  'Event.System.Channel',
  ...names,
];

function eventsOf(decoder: Decoder, line: string): readonly TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  decoder.decode(recordOf(line, 1), (event) => events.push(event));
  return events;
}

/** Every name that stands in the record, at whatever depth, by itself and with the names above it. */
function namesIn(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const dotted = path === '' ? name : `${path}.${name}`;
    return [name, dotted, name.replaceAll(' ', ''), ...namesIn(inner, dotted)];
  });
}

describe('scanned and parsed records', () => {
  it('become the same events, fixture by fixture', () => {
    const scanning = createAutoDecoder();
    const reference = createReferenceDecoder();
    let scanned = 0;
    for (const line of lines) {
      const expected = decodeLine(reference, line, 1);
      for (let time = 0; time < 3; time++) {
        expect(decodeLine(scanning, line, 1), line).to.deep.equal(expected);
      }
      scanned += eventsOf(scanning, line).filter(({ form }) => form !== undefined).length;
    }
    expect(scanned).to.be.greaterThan(lines.length / 3);
  });

  it('have the same value of every field, and the places that their form names', () => {
    const scanning = createAutoDecoder();
    const reference = createReferenceDecoder();
    let placed = 0;
    for (const line of lines) {
      eventsOf(scanning, line);
      const parsed = eventsOf(reference, line);
      for (const [index, event] of eventsOf(scanning, line).entries()) {
        // Text of other formats has no names; it is asked all the same.
        const whole: unknown = line.startsWith('{') ? JSON.parse(line) : {};
        for (const name of new Set([...ASKED, ...namesIn(whole, '')])) {
          const value = parsed[index]?.get(name);
          expect(event.get(name), `${name} of ${line}`).to.deep.equal(value);
          const place = event.form?.place(name) ?? COMPUTED;
          if (place === COMPUTED) continue;
          placed++;
          const found = place === ABSENT ? undefined : event.scanned?.value(place);
          if (place === ABSENT) expect(value, `${name} of ${line}`).to.equal(undefined);
          // Rules see the scalars of an array.
          else expect(fieldValue(found?.json), `${name} of ${line}`).to.deep.equal(value);
        }
      }
    }
    expect(placed).to.be.greaterThan(1000);
  });

  it('have the same values for keywords', () => {
    const scanning = createAutoDecoder();
    const reference = createReferenceDecoder();
    const valuesOf = (decoder: Decoder, line: string): readonly unknown[] => {
      return eventsOf(decoder, line).map((event) => {
        const values: unknown[] = [];
        event.someValue((value) => values.push(value) < 0);
        return values;
      });
    };
    for (const line of lines) {
      valuesOf(scanning, line);
      expect(valuesOf(scanning, line)).to.deep.equal(valuesOf(reference, line));
    }
  });

  it('are refused alike, however they are broken', () => {
    const scanning = createAutoDecoder();
    const reference = createReferenceDecoder();
    const index = fc.nat(lines.length - 1);
    const bytes = fc.oneof(
      fc.constantFrom(...'{}[]",:\\0tfn \t\u0000é').map((sign) => sign),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const property = fc.property(index, fc.nat(), fc.nat(3), bytes, (line, at, cut, put) => {
      const text = lines[line] ?? '';
      const place = at % (text.length + 1);
      const changed = text.slice(0, place) + put + text.slice(place + cut);
      const expected = decodeLine(reference, changed, 1);
      expect(decodeLine(scanning, changed, 1)).to.deep.equal(expected);
      expect(decodeLine(scanning, changed, 1)).to.deep.equal(expected);
    });
    fc.assert(property, { numRuns: 4000 });
  });
});
