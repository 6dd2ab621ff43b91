import { expect } from 'chai';
import { hitsDecoder } from '../../src/runtime/outbox/hits-decoder.ts';
import { decodeRecord } from '../../src/runtime/decoding.ts';
import { textOfProgress } from '../../src/engine/handed-hit.ts';
import type { RawRecord } from '../../src/event/record.ts';

const record = (text: string | null): RawRecord => ({
  payload: text === null ? null : new TextEncoder().encode(text),
  position: { source: 'hits', partition: 0, offset: 0 },
});

const progress = { kind: 'progress' as const, source: 's', task: 1, tasks: 2, frontier: 7 };

describe('the topic of hits', () => {
  it('gives back what a task has said', () => {
    const { events, problem } = decodeRecord(hitsDecoder, record(textOfProgress(progress)));
    expect([problem, events.map(({ time, host }) => [time, host])]).to.deep.equal([
      undefined,
      [[7, '']],
    ]);
  });

  it('refuses what is not ours, of another form, or no JSON; a deleted record is nothing', () => {
    const texts = [
      '',
      '{"form',
      '[]',
      '7',
      '{"form":2,"kind":"hit"}',
      '{"form":1,"kind":"other"}',
      '{"form":1,"kind":"hit","turn":{},"entries":[]}',
    ];
    for (const text of texts) {
      expect(decodeRecord(hitsDecoder, record(text)).problem?.reason).to.equal('unknown_format');
    }
    expect(decodeRecord(hitsDecoder, record(null))).to.deep.include({ events: [] });
  });
});
