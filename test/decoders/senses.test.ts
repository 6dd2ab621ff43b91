import { expect } from 'chai';

import { decoders, sensors } from '../../src/decoders/index.ts';
import { abilities } from '../../src/decoders/senses.ts';
import type { Ability } from '../../src/decoders/senses.ts';
import { NamesTracker } from '../../src/enrichment/names.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { fieldAt } from '../../src/event/field-value.ts';
import { isMeant } from '../../src/event/reader.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { eventsOf, fixtures } from './fixtures.ts';

const CONTENT: readonly string[] = [
  'process.command_line',
  'powershell.file.script_block_text',
  'http.request.body.content',
  'gen_ai.tool.call.arguments',
  'gen_ai.input.messages',
];

/** What one event shows of its sensor's abilities. */
function shownBy(event: TelemetryEvent): ReadonlySet<Ability> {
  const { activity } = event;
  const process = event.process();
  const document = event.document() as unknown as JsonObject;
  const has = (path: string): boolean => isMeant(fieldAt(document, path.split('.')));
  const shows: Readonly<Record<Ability, boolean>> = {
    process_start: activity === 'process_start',
    parent: activity === 'process_start' && process?.parent !== undefined,
    file_read: activity === 'file_read',
    file_write: activity === 'file_write',
    hash: ['process', 'file', 'dll'].some((prefix) =>
      ['md5', 'sha1', 'sha256'].some((name) => has(`${prefix}.hash.${name}`)),
    ),
    fqdn:
      activity === 'connection' &&
      (has('destination.domain') || has('url.domain') || event.derived.has('destination.domain')),
    bytes_out: has('source.bytes') || has('http.request.bytes') || has('http.request.body.bytes'),
    payload: CONTENT.some(has),
    dns: activity === 'dns' && has('dns.question.name'),
    clipboard: activity === 'clipboard',
    signer:
      process?.signer !== undefined ||
      has('process.code_signature.team_id') ||
      has('dll.code_signature.subject_name'),
  };
  return new Set(abilities.filter((ability) => shows[ability]));
}

const events = fixtures().flatMap(({ decoder, lines }) => joined(eventsOf(decoder, lines)));

/** The events, with the names of peers that the same host's lookups told of. */
function joined(log: readonly TelemetryEvent[]): readonly TelemetryEvent[] {
  const names = new NamesTracker();
  for (const event of log.toSorted((one, other) => one.time - other.time)) {
    if (names.feeds(event)) names.observe(event);
    names.enrich(event);
  }
  return log;
}

describe('sense declarations', () => {
  it('each event of a fixture is of a declared sensor', () => {
    const names = new Set(sensors.map((sensor) => sensor.name));
    for (const event of events) expect(names, event.sensor).to.include(event.sensor);
  });

  it('name each sensor once', () => {
    const names = sensors.map((sensor) => sensor.name);
    expect(names).to.deep.equal([...new Set(names)]);
    expect(decoders.flatMap((decoder) => decoder.sensors)).to.deep.equal(sensors);
  });

  for (const sensor of sensors) {
    const own = events.filter((event) => event.sensor === sensor.name);
    const shown = new Set(own.flatMap((event) => [...shownBy(event)]));

    it(`${sensor.name}: what it claims to see, a fixture shows, and nothing that it calls blind`, () => {
      for (const ability of abilities) {
        const { level, reason } = sensor.senses[ability];
        expect(shown.has(ability), `${ability}: ${level}, ${reason}`).to.equal(level !== 'blind');
        expect(reason, ability).to.have.length.greaterThan(3);
      }
    });

    it(`${sensor.name}: the log sources that it serves are those of its events`, () => {
      const { products, categories, services } = sensor.serves;
      for (const { logsource } of own) {
        if (logsource.product !== undefined) expect(products).to.include(logsource.product);
        for (const category of logsource.categories) expect(categories).to.include(category);
        for (const service of logsource.services) expect(services).to.include(service);
      }
      const seen = new Set(own.flatMap((event) => event.logsource.categories));
      expect([...categories].sort()).to.deep.equal([...seen].sort());
    });
  }
});
