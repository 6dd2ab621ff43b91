import type { JsonObject } from '../base/json.ts';
import type { Activity, FieldValue } from '../event/event.ts';
import { joinHashes } from '../event/hashes.ts';
import type { HashName } from '../event/hashes.ts';
import { logsource } from '../event/logsource.ts';
import { at, converted, either } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import type { EventShape, ProcessReaders } from '../event/shape.ts';
import { requestAliases } from './proxy/request.ts';

/** What decides the kind of an ECS event. */
export interface EcsClass {
  readonly categories: readonly string[];
  /** `event.action` and `event.type`. */
  readonly actions: readonly string[];
  readonly isLookup: boolean;
  /** The document names a machine. */
  readonly hasHost: boolean;
  readonly osType: string | undefined;
}

type Product = 'windows' | 'linux' | 'macos' | 'unknown';

const userName = at('user.name');
const userDomain = at('user.domain');

function user(data: JsonObject): FieldValue | undefined {
  const name = userName(data);
  const domain = userDomain(data);
  if (typeof name !== 'string') return undefined;
  return typeof domain === 'string' && domain !== '' ? `${domain}\\${name}` : name;
}

const process: ProcessReaders = {
  guid: at('process.entity_id'),
  pid: at('process.pid'),
  executable: either(at('process.executable'), at('process.name')),
  commandLine: at('process.command_line'),
  signer: at('process.code_signature.subject_name'),
  user,
  parent: {
    guid: at('process.parent.entity_id'),
    pid: at('process.parent.pid'),
    executable: either(at('process.parent.executable'), at('process.parent.name')),
    commandLine: at('process.parent.command_line'),
  },
};

const actorAliases: readonly (readonly [string, Reader])[] = [
  ['Image', either(at('process.executable'), at('process.name'))],
  ['CommandLine', at('process.command_line')],
  ['ProcessGuid', at('process.entity_id')],
  ['ProcessId', at('process.pid')],
  ['CurrentDirectory', at('process.working_directory')],
  ['OriginalFileName', at('process.pe.original_file_name')],
  ['ParentImage', either(at('process.parent.executable'), at('process.parent.name'))],
  ['ParentCommandLine', at('process.parent.command_line')],
  ['ParentProcessGuid', at('process.parent.entity_id')],
  ['ParentProcessId', at('process.parent.pid')],
  ['User', user],
];

function hashesOf(prefix: string): ReadonlyMap<string, Reader> {
  const of = (name: HashName): Reader =>
    name === 'imphash' ? at(`${prefix}.pe.imphash`) : at(`${prefix}.hash.${name}`);
  return joinHashes({
    md5: of('md5'),
    sha1: of('sha1'),
    sha256: of('sha256'),
    imphash: of('imphash'),
  });
}

const filePath = at('file.path');

const fileAliases: readonly (readonly [string, Reader])[] = [
  ['TargetFilename', filePath],
  ['FileName', filePath],
  ['SourceFilename', at('file.Ext.original.path')],
  ...hashesOf('file'),
];

const networkAliases: readonly (readonly [string, Reader])[] = [
  ['SourceIp', at('source.ip')],
  ['SourcePort', at('source.port')],
  ['DestinationIp', at('destination.ip')],
  ['DestinationPort', at('destination.port')],
  ['DestinationHostname', at('destination.domain')],
  ['Protocol', at('network.transport')],
  [
    'Initiated',
    converted(at('network.direction'), (direction) =>
      direction === 'egress' || direction === 'outbound' ? 'true' : 'false',
    ),
  ],
];

interface Kind {
  readonly categories: readonly string[];
  readonly activity: Activity;
  readonly startsNow?: boolean;
  readonly aliases: readonly (readonly [string, Reader])[];
  readonly hostPath?: readonly string[];
}

type KindByProduct = Readonly<Record<Product, EventShape>>;

function kindOf(kind: Kind): KindByProduct {
  const shape = (product: string | undefined): EventShape => ({
    sensor: 'ecs',
    logsource: logsource(product, kind.categories, []),
    activity: kind.activity,
    aliases: new Map([...actorAliases, ...kind.aliases]),
    process: kind.startsNow === true ? { ...process, startsNow: true } : process,
    processHeader: undefined,
    ecs: [],
    ecsHeaders: [],
    hasSpacedNames: false,
    dataPath: undefined,
    hostPath: kind.hostPath,
    isEcs: true,
  });
  return {
    windows: shape('windows'),
    linux: shape('linux'),
    macos: shape('macos'),
    unknown: shape(undefined),
  };
}

const processHashes = [...hashesOf('process')];

const start = kindOf({
  categories: ['process_creation'],
  activity: 'process_start',
  startsNow: true,
  aliases: processHashes,
});
const fork = kindOf({
  categories: [],
  activity: 'process_start',
  startsNow: true,
  aliases: processHashes,
});
const end = kindOf({
  categories: ['process_termination'],
  activity: 'process_end',
  aliases: processHashes,
});
const connection = kindOf({
  categories: ['network_connection'],
  activity: 'connection',
  aliases: networkAliases,
});
const lookup = kindOf({
  categories: ['dns_query'],
  activity: 'dns',
  aliases: [
    ['QueryName', at('dns.question.name')],
    ['QueryResults', at('dns.resolved_ip')],
  ],
});
const library = kindOf({
  categories: ['image_load'],
  activity: 'other',
  aliases: [['ImageLoaded', either(at('dll.path'), filePath)], ...hashesOf('dll')],
});
const driver = kindOf({
  categories: ['driver_load'],
  activity: 'other',
  aliases: [['ImageLoaded', either(at('dll.path'), filePath)], ...hashesOf('dll')],
});
const registry = kindOf({
  categories: ['registry_event', 'registry_set'],
  activity: 'other',
  aliases: [
    ['TargetObject', at('registry.path')],
    ['Details', at('registry.data.strings')],
  ],
});
const other = kindOf({ categories: [], activity: 'other', aliases: [] });

// A proxy's or web server's log: whoever produced it, the fields are those of a request.
const webKind: Kind = {
  categories: ['proxy'],
  activity: 'connection',
  aliases: requestAliases({
    url: either(at('url.full'), at('url.original')),
    host: either(at('url.domain'), at('destination.domain')),
    path: at('url.path'),
    query: at('url.query'),
    clientIp: either(at('source.ip'), at('client.ip')),
    serverIp: either(at('destination.ip'), at('server.ip')),
    serverPort: either(at('destination.port'), at('url.port')),
    user: either(user, at('source.user.name'), at('client.user.name')),
    method: at('http.request.method'),
    status: at('http.response.status_code'),
    bytesOut: either(at('http.request.bytes'), at('source.bytes'), at('http.request.body.bytes')),
    bytesIn: either(
      at('http.response.bytes'),
      at('destination.bytes'),
      at('http.response.body.bytes'),
    ),
    userAgent: at('user_agent.original'),
    referrer: at('http.request.referrer'),
    version: at('http.version'),
  }),
};
const web = kindOf(webKind);
const webOfClient = kindOf({ ...webKind, hostPath: ['host', 'ip'] });

function fileKind(categories: readonly string[], activity: Activity): KindByProduct {
  return kindOf({ categories, activity, aliases: fileAliases });
}

const fileRead = fileKind(['file_access'], 'file_read');
const fileWrite = fileKind(['file_event'], 'file_write');
const fileRename = fileKind(['file_rename'], 'file_write');
const fileDelete = fileKind(['file_delete'], 'file_delete');
const fileOther = fileKind([], 'other');

// By `event.action` and `event.type`, in the order of the event; actions after Elastic Defend, types after ECS.
const processKinds: ReadonlyMap<string, KindByProduct> = new Map([
  ['fork', fork],
  ['exec', start],
  ['start', start],
  ['end', end],
]);
const fileKinds: ReadonlyMap<string, KindByProduct> = new Map([
  ['open', fileRead],
  ['read', fileRead],
  ['access', fileRead],
  ['creation', fileWrite],
  ['modification', fileWrite],
  ['overwrite', fileWrite],
  ['change', fileWrite],
  ['rename', fileRename],
  ['deletion', fileDelete],
]);

/** The shape of an ECS event. */
export function ecsShape(found: EcsClass): EventShape {
  return kindFor(found)[productOf(found.osType)];
}

function kindFor({ categories, actions, isLookup, hasHost }: EcsClass): KindByProduct {
  if (categories.includes('web')) return hasHost ? web : webOfClient;
  if (categories.includes('network')) return isLookup ? lookup : connection;
  if (categories.includes('file')) return firstOf(fileKinds, actions) ?? fileOther;
  if (categories.includes('library')) return library;
  if (categories.includes('driver')) return driver;
  if (categories.includes('registry')) return registry;
  if (categories.includes('process')) return firstOf(processKinds, actions) ?? other;
  return other;
}

function firstOf(
  kinds: ReadonlyMap<string, KindByProduct>,
  actions: readonly string[],
): KindByProduct | undefined {
  for (const action of actions) {
    const kind = kinds.get(action);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function productOf(osType: string | undefined): Product {
  return osType === 'windows' || osType === 'linux' || osType === 'macos' ? osType : 'unknown';
}
