import { assert } from '../../base/assert.ts';
import { parseDurationMs } from '../../base/duration.ts';
import type { System } from '../action.ts';
import type { DeedLine, PerSystem, StoryDeed, StoryTool, StoryToken } from './story.ts';

/** A deed as the file has it; the schema has seen to it that there is one verb. */
export interface RawDeed {
  readonly at?: string;
  readonly every?: string;
  readonly repeat?: number;
  readonly jitter?: string;
  readonly by?: string;
  readonly label?: string;
  readonly on?: readonly System[];
  readonly start?: string;
  readonly run?: PerSystem;
  readonly end?: string;
  readonly read?: PerSystem;
  readonly create?: PerSystem;
  readonly write?: PerSystem;
  readonly rename?: PerSystem;
  readonly delete?: PerSystem;
  readonly connect?: string;
  readonly resolve?: string;
  readonly upload?: string;
  readonly fetch?: string;
  readonly copy?: string;
  readonly paste?: true;
  readonly listen?: number;
  readonly accept?: string;
  readonly print?: PerSystem;
  readonly mount?: string;
  readonly set?: string;
  readonly tool?: string;
  readonly token?: StoryToken['decision'];
  readonly as?: string;
  readonly program?: PerSystem;
  readonly arguments?: PerSystem;
  readonly directory?: PerSystem;
  readonly for?: string;
  readonly does?: readonly RawDeed[];
  readonly to?: PerSystem;
  readonly port?: number;
  readonly method?: string;
  readonly bytes?: number;
  readonly file?: string;
  readonly type?: string;
  readonly address?: string;
  readonly printer?: string;
  readonly pages?: number;
  readonly value?: string;
  readonly input?: Readonly<Record<string, PerSystem>>;
  readonly decision?: StoryTool['decision'];
  readonly server?: string;
  readonly audience?: string;
  readonly valid?: string;
  readonly device?: string;
}

export function readDeeds(raw: readonly RawDeed[]): readonly DeedLine[] {
  return raw.map((deed) => ({
    atMs: deed.at === undefined ? 0 : readTime(deed.at),
    everyMs: deed.every === undefined ? 0 : readTime(deed.every),
    repeat: deed.repeat ?? 1,
    jitterMs: deed.jitter === undefined ? 0 : readTime(deed.jitter),
    by: deed.by,
    label: deed.label,
    on: deed.on,
    what: deedOf(deed),
  }));
}

function deedOf(raw: RawDeed): StoryDeed {
  const deed = launchOf(raw) ?? fileDeedOf(raw) ?? networkDeedOf(raw) ?? otherDeedOf(raw);
  assert(deed !== undefined, 'a deed without a verb');
  return deed;
}

function launchOf(raw: RawDeed): StoryDeed | undefined {
  if (raw.end !== undefined) return { kind: 'end', process: raw.end };
  const kind = raw.start === undefined ? 'run' : 'start';
  if (kind === 'run' && raw.run === undefined) return undefined;
  return {
    kind,
    id: raw.start ?? raw.as,
    program: raw.program ?? raw.start ?? '',
    words: raw.run ?? raw.arguments ?? '',
    directory: raw.directory,
    lastsMs: raw.for === undefined ? undefined : readTime(raw.for),
    does: readDeeds(raw.does ?? []),
  };
}

function fileDeedOf(raw: RawDeed): StoryDeed | undefined {
  if (raw.read !== undefined) return { kind: 'read', path: raw.read };
  if (raw.create !== undefined) return { kind: 'create', path: raw.create };
  if (raw.write !== undefined) return { kind: 'write', path: raw.write };
  if (raw.delete !== undefined) return { kind: 'delete', path: raw.delete };
  if (raw.rename !== undefined) return { kind: 'rename', path: raw.rename, to: raw.to ?? '' };
  if (raw.print === undefined) return undefined;
  const { print: path, printer = 'Office-2', pages = 1 } = raw;
  return { kind: 'print', path, printer, pages };
}

function networkDeedOf(raw: RawDeed): StoryDeed | undefined {
  const { connect, resolve, upload, fetch, listen, accept, port } = raw;
  if (connect !== undefined) return { kind: 'connect', to: connect, port: port ?? 443 };
  if (resolve !== undefined) return { kind: 'resolve', name: resolve };
  if (accept !== undefined) return { kind: 'accept', from: accept, port: port ?? 443 };
  if (listen !== undefined) {
    return { kind: 'listen', address: raw.address ?? '127.0.0.1', port: listen };
  }
  const url = upload ?? fetch;
  if (url === undefined) return undefined;
  const isUpload = upload !== undefined;
  return {
    kind: isUpload ? 'upload' : 'fetch',
    url,
    method: raw.method ?? (isUpload ? 'POST' : 'GET'),
    bytes: raw.bytes ?? 400,
    file: raw.file,
    type: raw.type,
  };
}

function otherDeedOf(raw: RawDeed): StoryDeed | undefined {
  if (raw.copy !== undefined) return { kind: 'copy', text: raw.copy };
  if (raw.paste !== undefined) return { kind: 'paste' };
  if (raw.mount !== undefined) return { kind: 'mount', label: raw.mount };
  if (raw.set !== undefined) return { kind: 'set', key: raw.set, value: raw.value ?? '' };
  if (raw.tool !== undefined) {
    const { tool, input = {}, decision = 'config', server } = raw;
    return { kind: 'tool', tool, input, decision, server };
  }
  if (raw.token === undefined) return undefined;
  const { token: decision, audience = '', valid = '15m', device } = raw;
  return { kind: 'token', decision, audience, validMs: readTime(valid), device };
}

/** Milliseconds of a time that the schema allows: one or more numbers with their units. */
export function readTime(text: string): number {
  const parts = text.match(/[0-9]+(?:ms|[smhd])/g) ?? [];
  return parts.reduce((sum, part) => sum + (parseDurationMs(part) ?? 0), 0);
}
