import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { decodeRecord } from '../../src/runtime/decoding.ts';
import { recordAt } from '../../src/runtime/record-at.ts';
import { launch } from '../cli/command.ts';

describe('runtime: a record read again', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-record-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines = [1, 2, 3].map((second) => launch({ second, image: `C:\\t${second}.exe` }));
  const idOf = (line: string): string => {
    const payload = Buffer.from(line);
    const record = { payload, position: { source: 'x', partition: 0, offset: 1 } };
    return decodeRecord(createAutoDecoder(), record).events[0]?.id ?? '';
  };

  it('is found by its place, packed or not', async () => {
    const text = `${lines.join('\n')}\n`;
    for (const [name, bytes] of [
      ['a.ndjson', Buffer.from(text)],
      ['b.ndjson.gz', gzipSync(text)],
    ] as const) {
      const source = join(folder, name);
      writeFileSync(source, bytes);
      const found = await recordAt({
        source,
        partition: 0,
        offset: 2,
        eventId: idOf(lines[1] ?? ''),
      });
      expect(found).to.deep.equal({ kind: 'record', text: lines[1] });
    }
  });

  it('is not shown when another one stands there, or none', async () => {
    const source = join(folder, 'a.ndjson');
    writeFileSync(source, `${lines[0] ?? ''}\n`);
    const eventId = idOf(lines[1] ?? '');
    for (const [place, reason] of [
      [{ source, offset: 1 }, 'another record'],
      [{ source, offset: 9 }, 'shorter'],
      [{ source: 'telemetry', offset: 1 }, 'only files'],
      [{ source: join(folder, 'gone'), offset: 1 }, 'only files'],
      [{ source: folder, offset: 1 }, 'only files'],
    ] as const) {
      const found = await recordAt({ partition: 0, eventId, ...place });
      expect(found.kind === 'gone' ? found.reason : '').to.contain(reason);
    }
  });
});
