import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that the server does not give itself. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
}

interface Item {
  readonly action: string;
  readonly id: string;
  /** Action and document, as they came. */
  readonly lines: readonly [string, string];
}

/**
 * Stands before an Elasticsearch and gives answers that a healthy one does not: it refuses requests
 * as a whole, or single documents of a bulk request with status 200, or takes only so many a second.
 * Everything else goes on to the server.
 */
export class Gateway implements AsyncDisposable {
  /** Refuses every request. */
  whole: Refusal | undefined;
  /** Refuses documents of bulk requests; the others are written. */
  item: ((id: string) => Refusal | undefined) | undefined;
  itemsPerSecondMax: number = Number.POSITIVE_INFINITY;
  refusedRequests = 0;
  refusedItems = 0;
  private readonly target: string;
  private readonly server: Server;
  private last: Promise<void> = Promise.resolve();

  private constructor(target: string) {
    this.target = target;
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async open(target: string): Promise<Gateway> {
    const gateway = new Gateway(target);
    await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  heal(): void {
    this.whole = undefined;
    this.item = undefined;
    this.itemsPerSecondMax = Number.POSITIVE_INFINITY;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.whole !== undefined) {
      const { status, type } = this.whole;
      this.refusedRequests += 1;
      return send(response, status, { error: { type, reason: 'by the gateway' }, status });
    }
    if (request.url === '/_bulk') return this.bulk(request, body, response);
    const { status, answer } = await this.pass(request, body);
    return send(response, status, answer);
  }

  private async bulk(
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const all = itemsIn(body);
    await this.takeTime(all.length);
    const refusals = all.map(({ id }) => this.item?.(id));
    const passed = all.filter((_, at) => refusals[at] === undefined);
    this.refusedItems += all.length - passed.length;
    const lines = passed.flatMap((item) => item.lines);
    const nothing = { status: 200, answer: { took: 0, items: [] } };
    const { status, answer } =
      passed.length === 0 ? nothing : await this.pass(request, `${lines.join('\n')}\n`);
    if (status !== 200) return send(response, status, answer);
    const written = [...(answer as { readonly items: readonly object[] }).items];
    const items = all.map(({ action, id }, at) => {
      const refusal = refusals[at];
      if (refusal === undefined) return written.shift();
      const { status: code, type } = refusal;
      return { [action]: { _id: id, status: code, error: { type, reason: 'by the gateway' } } };
    });
    return send(response, 200, { took: 1, errors: true, items });
  }

  // One request after the other, so that the rate holds for all of them together.
  private takeTime(count: number): Promise<void> {
    const turn = this.last.then(async () => {
      const until = performance.now() + (count * 1000) / this.itemsPerSecondMax;
      const isHeldUp = (): boolean =>
        Number.isFinite(this.itemsPerSecondMax) && performance.now() < until;
      while (isHeldUp()) await sleep(20);
    });
    this.last = turn;
    return turn;
  }

  private async pass(
    request: IncomingMessage,
    body: string,
  ): Promise<{ readonly status: number; readonly answer: unknown }> {
    const headers = new Headers();
    for (const name of ['content-type', 'accept']) {
      const value = request.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    const { method = 'GET', url = '/' } = request;
    const answer = await fetch(`${this.target}${url}`, {
      method,
      headers,
      ...(body === '' ? {} : { body }),
    });
    const said = await answer.text();
    return { status: answer.status, answer: said === '' ? undefined : JSON.parse(said) };
  }
}

function itemsIn(body: string): readonly Item[] {
  const lines = body.split('\n').filter((line) => line !== '');
  const items: Item[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [action = '', document = ''] = [lines[at], lines[at + 1]];
    const [[name, { _id: id }] = ['', { _id: '' }]] = Object.entries(
      JSON.parse(action) as Readonly<Record<string, { readonly _id: string }>>,
    );
    items.push({ action: name, id, lines: [action, document] });
  }
  return items;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'x-elastic-product': 'Elasticsearch',
    'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
