import { statSync } from 'node:fs';

import type { Decoder } from '../../decoders/decoder.ts';
import { openFile } from '../../sources/file.ts';
import { decodeFile } from '../merge.ts';
import type { PeekedFile } from './tasks.ts';

/** Looks at the beginning of a file, up to the batch that holds its first event. */
export async function peek(path: string, order: number, decoder: Decoder): Promise<PeekedFile> {
  const hosts = new Set<string>();
  let firstTime = Number.NEGATIVE_INFINITY;
  const ignore = { decoder, onFailure: (): void => undefined };
  for await (const batch of decodeFile(openFile({ path }), ignore)) {
    for (const { events } of batch) {
      for (const event of events) {
        if (hosts.size === 0) firstTime = event.time;
        hosts.add(event.host);
      }
    }
    if (hosts.size > 0) break;
  }
  return { path, order, bytes: statSync(path).size, firstTime, hosts: [...hosts] };
}
