import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a bulk request asks for, one by one. */
export interface Asked {
  readonly index: string;
  readonly id: string;
  readonly version: number | undefined;
  readonly document: Readonly<Record<string, unknown>>;
}

/** What is wrong with a document, as the server says it. */
export interface ItemTrouble {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/**
 * What the server does with one bulk request: fail as a whole (before anything is written, or
 * after), refuse some documents, or close the connection in the middle of its answer.
 */
export interface Mood {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Written, and then nothing of the answer but its beginning comes. */
  readonly isCut?: boolean;
  /** Written, and the answer comes only when this is settled. */
  readonly until?: Promise<void>;
  readonly trouble?: (asked: Asked) => ItemTrouble | undefined;
}

/** A server on the loopback that gives the answers of Elasticsearch's bulk interface. */
export class BulkServer implements AsyncDisposable {
  /** By index and id. */
  readonly stored: Map<string, Asked> = new Map();
  /** Documents in each bulk request, in order. */
  readonly sizes: number[] = [];
  readonly requests: { readonly method: string; readonly url: string; readonly headers: object }[] =
    [];
  readonly moods: Mood[] = [];
  /** Holds for every request that no mood was given for. */
  trouble: Mood['trouble'];
  /** Refuses requests of more bytes, as `http.max_content_length` does. */
  bytesMax: number = Number.POSITIVE_INFINITY;
  hasTemplates = true;
  isMostUnderWay = 0;
  private underWay = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  static async open(): Promise<BulkServer> {
    const fake = new BulkServer();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Documents of an index, or of those that begin so. */
  documents(index: string): readonly Asked[] {
    return [...this.stored.values()].filter((asked) => asked.index.startsWith(index));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, headers });
    const body = await text(request);
    if (url === '/_bulk') return this.bulk(body, response);
    if (url.endsWith('/_mapping')) return this.mapping(url, response);
    if (url.startsWith('/_index_template/')) {
      const templates = [{ index_template: { _meta: META } }];
      const found = this.hasTemplates ? 200 : 404;
      return send(response, found, this.hasTemplates ? { index_templates: templates } : {});
    }
    return send(response, 200, { acknowledged: true });
  }

  private mapping(url: string, response: ServerResponse): void {
    const index = url.split('/')[1] ?? '';
    if (!this.hasTemplates) return send(response, 404, {});
    send(response, 200, { [index]: { mappings: { _meta: META } } });
  }

  private async bulk(body: string, response: ServerResponse): Promise<void> {
    this.underWay++;
    this.isMostUnderWay = Math.max(this.isMostUnderWay, this.underWay);
    const asked = read(body);
    this.sizes.push(asked.length);
    const mood = this.moods.shift() ?? {};
    const { status, headers = {}, isCut, until } = mood;
    if (body.length > this.bytesMax) {
      send(response, 413, undefined);
    } else if (status !== undefined) {
      send(response, status, mood.body ?? { error: { type: 'some_exception' }, status }, headers);
    } else {
      const items = asked.map((one) => this.item(one, mood));
      await until;
      const text = JSON.stringify({ took: 1, errors: true, items });
      if (isCut === true) cut(response, text);
      else send(response, 200, text);
    }
    this.underWay--;
  }

  private item(asked: Asked, mood: Mood): object {
    const { index, id, version } = asked;
    const action = version === undefined ? 'create' : 'index';
    const result = (status: number, error?: object): object => ({
      [action]: { _index: index, _id: id, status, ...(error === undefined ? {} : { error }) },
    });
    const trouble = mood.trouble?.(asked) ?? this.trouble?.(asked);
    if (trouble !== undefined) return result(trouble.status, trouble);
    const key = `${index}/${id}`;
    const known = this.stored.get(key);
    const isConflict =
      known !== undefined && (version === undefined || version < (known.version ?? 0));
    if (isConflict) return result(409, { type: 'version_conflict_engine_exception', reason: '' });
    this.stored.set(key, asked);
    return result(known === undefined ? 201 : 200);
  }
}

const META = { tidegate: { version: 1, variant: 'full' } };

function read(body: string): readonly Asked[] {
  const lines = body.split('\n').filter((line) => line !== '');
  const asked: Asked[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const action = JSON.parse(lines[at] ?? '');
    const { _index: index, _id: id, version } = action.create ?? action.index;
    asked.push({ index, id, version, document: JSON.parse(lines[at + 1] ?? '') });
  }
  return asked;
}

function send(
  response: ServerResponse,
  status: number,
  body: object | string | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'x-elastic-product': 'Elasticsearch',
    'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
    ...headers,
  });
  response.end(typeof body === 'object' ? JSON.stringify(body) : body);
}

function cut(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'x-elastic-product': 'Elasticsearch',
    'content-type': 'application/json',
    'content-length': String(text.length),
  });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}
