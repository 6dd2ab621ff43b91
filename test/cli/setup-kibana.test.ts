import { expect } from 'chai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { resources } from '../../src/sinks/elasticsearch/templates.ts';
import { savedObjects, type SavedObject } from '../../src/sinks/elasticsearch/saved-objects.ts';
import { ndjson, tidegate } from './command.ts';

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A stand-in for Kibana's import: checks what Kibana checks of the request, and answers as it does. */
async function withKibana(
  status: number,
  answer: object,
  use: (url: string, asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.close();
  }
}

describe('cli: tidegate setup kibana', () => {
  it('imports everything as one file, over what is there', () =>
    withKibana(200, { success: true, successCount: 9 }, async (url, asked) => {
      const done = await tidegate([
        'setup',
        'kibana',
        '--url',
        url,
        '--space',
        'soc',
        '--api-key',
        'k',
      ]);
      expect(done.code, done.stderr).to.equal(0);
      expect(done.stdout).to.contain('Tidegate: what AI agents did').and.to.contain('9 objects');
      const [request] = asked;
      expect(request?.url).to.equal('/s/soc/api/saved_objects/_import?overwrite=true');
      expect(request?.headers).to.include({ 'kbn-xsrf': 'true', authorization: 'ApiKey k' });
      const boundary = /boundary=(\S+)/.exec(String(request?.headers['content-type']))?.[1] ?? '';
      const [, part = ''] = request?.body.split(`--${boundary}`) ?? [];
      expect(part).to.contain('filename="tidegate.ndjson"');
      const file = part.slice(part.indexOf('\r\n\r\n') + 4).trimEnd();
      expect(ndjson(file)).to.deep.equal(JSON.parse(JSON.stringify(savedObjects())));
    }));

  for (const [status, answer, words] of [
    [401, { message: 'Unauthorized' }, '--api-key'],
    [404, { message: 'Not Found' }, 'space'],
    [
      200,
      {
        success: false,
        errors: [{ id: 'x', type: 'search', error: { type: 'missing_references' } }],
      },
      'missing_references',
    ],
  ] as const) {
    it(`says what to do when Kibana answers ${status} ${words}`, () =>
      withKibana(status, answer, async (url) => {
        const done = await tidegate(['setup', 'kibana', '--url', url]);
        expect(done.code).to.equal(1);
        expect(done.stderr).to.contain(words);
      }));
  }

  it('says that nobody answers', async () => {
    const done = await tidegate(['setup', 'kibana', '--url', 'http://127.0.0.1:9']);
    expect(done.code).to.equal(1);
    expect(done.stderr).to.contain('does not answer');
  });

  it('prints the objects for an import by hand', async () => {
    const done = await tidegate(['setup', 'kibana', '--dry-run']);
    expect(ndjson(done.stdout)).to.have.lengthOf(savedObjects().length);
  });
});

describe('saved objects of Kibana', () => {
  const objects = savedObjects();
  const known = new Set(objects.map(({ type, id }) => `${type} ${id}`));

  it('refer only to each other, each by a name that it uses', () => {
    for (const object of objects) {
      const texts = JSON.stringify(object.attributes);
      for (const { type, id, name } of object.references) {
        expect(known, name).to.include(`${type} ${id}`);
        expect(texts, name).to.contain(name.replace(/^\d+:/, ''));
      }
    }
  });

  it('lay the panels of the dashboard side by side, none over another', () => {
    const dashboard = objects.find(({ type }) => type === 'dashboard');
    const panels = JSON.parse(String(dashboard?.attributes['panelsJSON'])) as readonly {
      readonly gridData: {
        readonly x: number;
        readonly y: number;
        readonly w: number;
        readonly h: number;
      };
    }[];
    const taken = new Set<string>();
    for (const {
      gridData: { x, y, w, h },
    } of panels) {
      expect(x + w).to.be.at.most(48);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(taken.has(`${column} ${row}`)).to.equal(false);
          taken.add(`${column} ${row}`);
        }
      }
    }
  });

  it('name fields that our index template maps', () => {
    const mapped = JSON.stringify(resources({ variant: 'full', retentionDays: 1 }));
    for (const field of fieldsOf(objects)) {
      for (const part of field.split('.')) expect(mapped, field).to.contain(`"${part}"`);
    }
  });
});

function fieldsOf(objects: readonly SavedObject[]): readonly string[] {
  const all = JSON.stringify(objects);
  const fields = new Set(
    [...all.matchAll(/\\*"field\\*":\\*"([\w.@]+?)\\*"/g)].map(([, field = '']) => field),
  );
  for (const { attributes } of objects) {
    for (const column of (attributes['columns'] ?? []) as readonly string[]) fields.add(column);
  }
  expect(fields.size).to.be.greaterThan(5);
  return [...fields];
}
