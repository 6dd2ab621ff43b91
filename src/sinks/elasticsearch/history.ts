import type { RawRecord } from '../../event/record.ts';
import { addressOf, createClient } from './client.ts';
import { requestFailure } from './failure.ts';
import type { ElasticsearchSettings } from './settings.ts';

/** What telemetry of a cluster is read again. */
export interface IndexHistory {
  readonly settings: ElasticsearchSettings;
  /** Indices, data streams or patterns, with commas between. */
  readonly index: string;
  /** `@timestamp` from, and before. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const PAGE = 1_000;
const KEEP_ALIVE = '2m';

/**
 * Documents of indices in order of `@timestamp`, as the records that they once were. It stands beside the sink
 * because the client does.
 */
export async function* indexHistory(options: IndexHistory): AsyncGenerator<readonly RawRecord[]> {
  const { settings, index, from, to } = options;
  await using disposal = new AsyncDisposableStack();
  const client = disposal.adopt(createClient(settings), (each) => each.close());
  try {
    const { id } = await client.openPointInTime({ index, keep_alive: KEEP_ALIVE });
    disposal.defer(async () => {
      await client.closePointInTime({ id }).catch(() => undefined);
    });
    const bounds = {
      ...(from === undefined ? {} : { gte: from }),
      ...(to === undefined ? {} : { lt: to }),
      format: 'epoch_millis',
    };
    let after: readonly unknown[] | undefined;
    let offset = 0;
    for (;;) {
      const answer = await client.search({
        pit: { id, keep_alive: KEEP_ALIVE },
        size: PAGE,
        track_total_hits: false,
        sort: [{ '@timestamp': 'asc' }, { _shard_doc: 'asc' }],
        query: { range: { '@timestamp': bounds } },
        ...(after === undefined ? {} : { search_after: [...after] as string[] }),
      });
      const { hits } = answer.hits;
      if (hits.length === 0) return;
      after = hits.at(-1)?.sort;
      yield hits.map(({ _source }) => ({
        payload: new TextEncoder().encode(JSON.stringify(_source ?? {})),
        position: { source: index, partition: 0, offset: (offset += 1) },
      }));
    }
  } catch (cause) {
    throw requestFailure(addressOf(settings), cause);
  }
}
