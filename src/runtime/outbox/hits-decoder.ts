import type { Decoder } from '../../decoders/decoder.ts';
import { HandedEvent, readHanded } from '../../engine/handed-hit.ts';

const utf8 = new TextDecoder();

/** Reads the internal topic of hits. */
export const hitsDecoder: Decoder = {
  name: 'hits',
  description: 'hits of rules across hosts, as tasks hand them over',
  sensors: [],
  decode: (record, emit) => {
    if (record.payload === null) return undefined;
    const message = readHanded(utf8.decode(record.payload));
    if (message === undefined)
      return { reason: 'unknown_format', detail: 'no hit of this version' };
    emit(new HandedEvent(message, record));
    return undefined;
  },
};
