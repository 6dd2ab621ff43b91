import type { Client } from '@elastic/elasticsearch';
import type { Alert } from '../../alert/alert.ts';
import { Failure } from '../../base/failure.ts';
import { ChangeSignal } from '../change-signal.ts';
import type { LogBatch, LogReader } from '../sink.ts';
import { requestFailure, statusOf } from './failure.ts';
import { ALERTS_PATTERN, READER_INDEX, STATE_INDEX } from './names.ts';
import type { Preparation } from './preparation.ts';
import { alertOfDocument, alertOfState } from '../read-back.ts';

/** How far a reader is in each index: the last sequence number that it has dealt with. */
type Places = Map<string, number>;

interface Hit {
  readonly _id: string;
  readonly _seq_no: number;
  readonly _source: unknown;
}

/**
 * The alerts of a cluster in the order in which it took them. Each shard numbers its operations
 * without gaps and says up to which number all of them are done (the global checkpoint), so a
 * reader that goes from number to number misses nothing, however the writes overlapped. Times
 * could not promise that.
 */
export class ElasticsearchLog {
  private readonly client: Client;
  private readonly address: string;
  private readonly preparation: Preparation;
  private readonly changes = new ChangeSignal();
  private isClosed = false;

  constructor(client: Client, address: string, preparation: Preparation) {
    this.client = client;
    this.address = address;
    this.preparation = preparation;
  }

  /** Tells the readers that something was written. */
  changed(): void {
    this.changes.changed();
  }

  /** Ends the readers. */
  close(): void {
    this.isClosed = true;
    this.changed();
  }

  async *follow(reader: LogReader): AsyncGenerator<LogBatch> {
    const pattern = reader.states ? STATE_INDEX : ALERTS_PATTERN;
    try {
      const places = await this.placesOf(reader, pattern);
      while (!reader.signal.aborted && !this.isClosed) {
        let isIdle = true;
        for (const [index, checkpoint] of await this.checkpoints(pattern)) {
          const from = places.get(index) ?? -1;
          if (checkpoint <= from) continue;
          isIdle = false;
          const hits = await this.page(index, from, checkpoint, reader.alertsMax);
          const last = hits.length < reader.alertsMax ? checkpoint : hits.at(-1)?._seq_no;
          places.set(index, last ?? checkpoint);
          const reached = new Map(places);
          if (hits.length === 0) continue;
          const alerts = reader.states
            ? await this.withDocuments(hits)
            : hits.map(({ _source }) => alertOfDocument(_source));
          yield { alerts, acknowledge: () => this.store(reader.name, reached) };
        }
        if (!isIdle) continue;
        reader.onWell?.();
        await this.changes.wait(reader.signal);
      }
    } catch (cause) {
      throw requestFailure(this.address, cause);
    }
  }

  private async placesOf({ name, from }: LogReader, pattern: string): Promise<Places> {
    await this.preparation.ensure(READER_INDEX);
    try {
      const { _source } = await this.client.get<{ readonly places?: unknown }>({
        index: READER_INDEX,
        id: name,
      });
      return placesIn(_source?.places);
    } catch (cause) {
      if (statusOf(cause) !== 404) throw cause;
    }
    // Kept from the first moment on, so that what comes while the sink is down is not skipped.
    const places = from === 'now' ? await this.checkpoints(pattern) : new Map<string, number>();
    await this.store(name, places);
    return places;
  }

  private async store(name: string, places: Places): Promise<void> {
    try {
      await this.client.index({
        index: READER_INDEX,
        id: name,
        document: { places: JSON.stringify([...places]) },
      });
    } catch (cause) {
      throw requestFailure(this.address, cause);
    }
  }

  /** By index and its unique id: one that was deleted and made again starts anew. */
  private async checkpoints(pattern: string): Promise<Places> {
    const answer = await this.client.transport.request<StatsAnswer>({
      method: 'GET',
      path: `/${pattern}/_stats/docs`,
      querystring: {
        level: 'shards',
        filter_path: 'indices.*.uuid,indices.*.shards.*.seq_no,indices.*.shards.*.routing.primary',
      },
    });
    const found: Places = new Map();
    for (const [index, { uuid, shards = {} }] of Object.entries(answer.indices ?? {})) {
      const [copies = [], ...more] = Object.values(shards);
      if (more.length > 0) throw this.unprepared(`${index} has several shards`);
      const primary = copies.find(({ routing }) => routing?.primary === true);
      const checkpoint = primary?.seq_no?.global_checkpoint;
      if (checkpoint !== undefined) found.set(`${index}/${uuid ?? ''}`, checkpoint);
    }
    return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  private unprepared(what: string): Failure {
    const message = `${this.address}: ${what}; other sinks can only read from indices of one`;
    return new Failure('store_unprepared', { message, retryable: false });
  }

  private async page(
    place: string,
    after: number,
    upTo: number,
    size: number,
  ): Promise<readonly Hit[]> {
    const index = place.slice(0, place.lastIndexOf('/'));
    // The checkpoint was asked for before, so all that it covers is visible after this.
    await this.client.indices.refresh({ index });
    const answer = await this.client.transport.request<SearchAnswer>({
      method: 'POST',
      path: `/${index}/_search`,
      body: {
        size,
        seq_no_primary_term: true,
        query: { range: { _seq_no: { gt: after, lte: upTo } } },
        sort: [{ _seq_no: 'asc' }],
      },
    });
    return answer.hits.hits;
  }

  private async withDocuments(states: readonly Hit[]): Promise<readonly Alert[]> {
    await this.client.indices.refresh({ index: ALERTS_PATTERN });
    const answer = await this.client.transport.request<SearchAnswer>({
      method: 'POST',
      path: `/${ALERTS_PATTERN}/_search`,
      body: {
        size: states.length,
        query: { ids: { values: states.map(({ _id }) => _id) } },
      },
    });
    const documents = new Map(answer.hits.hits.map(({ _id, _source }) => [_id, _source]));
    return states.map(({ _id, _source }) => alertOfState(_source, documents.get(_id)));
  }
}

interface StatsAnswer {
  readonly indices?: Readonly<Record<string, IndexStats>>;
}

interface IndexStats {
  readonly uuid?: string;
  readonly shards?: Readonly<Record<string, readonly ShardStats[]>>;
}

interface ShardStats {
  readonly routing?: { readonly primary?: boolean };
  readonly seq_no?: { readonly global_checkpoint?: number };
}

interface SearchAnswer {
  readonly hits: { readonly hits: readonly Hit[] };
}

function placesIn(value: unknown): Places {
  const places: Places = new Map();
  const pairs: unknown = typeof value === 'string' ? JSON.parse(value) : [];
  for (const pair of Array.isArray(pairs) ? pairs : []) {
    if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'number') {
      places.set(pair[0], pair[1]);
    }
  }
  return places;
}
