import { isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { at, either, field, first } from '../../event/reader.ts';
import { hostOfRecord } from '../host.ts';
import type { JsonFormat } from '../format.ts';
import { isKernelFile } from './kernel-file.ts';
import { NO_FIELDS } from './layout.ts';
import type { EventData, WindowsLayout } from './layout.ts';
import { decodeEvent } from './log-event.ts';

// Tools that trace write the name of an event and not always its number.
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['create', 12],
  ['read', 15],
  ['write', 16],
  ['deletepath', 26],
  ['renamepath', 27],
  ['createnewfile', 30],
]);

const SILK_PREFIX = 'KernelFile/';

// Where forwarders of traces say which machine it was; the tools themselves do not.
const machine = either(at('host.name'), first('Computer', 'hostname', 'host'));

function silkEventId(record: JsonObject): number | undefined {
  const name = ownValue(record, 'EventName');
  if (typeof name !== 'string') return undefined;
  const bare = name.startsWith(SILK_PREFIX) ? name.slice(SILK_PREFIX.length) : name;
  return NUMBERS.get(bare.split('/', 1)[0]?.toLowerCase() ?? '') ?? 0;
}

function innerOf(record: JsonObject, name: string): EventData {
  const data = ownValue(record, name);
  return { fields: isJsonObject(data) ? data : NO_FIELDS, isUnpacked: false };
}

const silk: WindowsLayout = {
  name: 'silketw',
  recognises: (record) =>
    ownValue(record, 'ProviderGuid') !== undefined &&
    isJsonObject(ownValue(record, 'XmlEventData')),
  channel: field('ProviderName'),
  sigmaChannel: field('ProviderName'),
  eventId: silkEventId,
  host: machine,
  recordId: () => undefined,
  time: (record) => {
    const text = ownValue(record, 'TimeStamp');
    return { text: typeof text === 'string' ? text : undefined, zoneMs: 0 };
  },
  data: (record) => innerOf(record, 'XmlEventData'),
  writerPid: field('ProcessID'),
  writerImage: either(field('ProcessName'), at('XmlEventData.ProcessName')),
  headers: new Map([['Provider_Name', field('ProviderName')]]),
};

const sealighter: WindowsLayout = {
  name: 'sealighter',
  recognises: (record) =>
    isJsonObject(ownValue(record, 'header')) && isJsonObject(ownValue(record, 'properties')),
  channel: at('header.provider_name'),
  sigmaChannel: at('header.provider_name'),
  eventId: at('header.event_id'),
  host: machine,
  recordId: () => undefined,
  time: (record) => {
    const text = valueAt(record, ['header', 'timestamp']);
    return { text: typeof text === 'string' ? text : undefined, zoneMs: 0 };
  },
  data: (record) => innerOf(record, 'properties'),
  writerPid: at('header.process_id'),
  headers: new Map([['Provider_Name', at('header.provider_name')]]),
};

const layouts: readonly WindowsLayout[] = [silk, sealighter];

function layoutOf(record: JsonObject): WindowsLayout | undefined {
  return layouts.find((layout) => layout.recognises(record));
}

/** Traces of the kernel's file provider, as tools write them in JSON. */
export const kernelFileTrace: JsonFormat = {
  recognises(object) {
    const provider = layoutOf(object)?.headers.get('Provider_Name')?.(object);
    return typeof provider === 'string' && isKernelFile(provider);
  },
  decode(object, record, isPlain, emit) {
    const layout = layoutOf(object);
    if (layout === undefined) return { reason: 'unknown_format', detail: 'no trace of files' };
    const named = layout.host(object);
    const host = typeof named === 'string' && named !== '' ? named : hostOfRecord(record);
    return decodeEvent({ layout, host, whole: object, record, isPlain }, emit);
  },
};
