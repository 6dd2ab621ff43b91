import { assert, unreachable } from '../../base/assert.ts';
import type { EventTime } from '../../event/record.ts';
import type { Process } from '../action.ts';
import { destinationOf } from './destinations.ts';
import { fileName } from './cast.ts';
import { placeOf } from './places.ts';
import type { Scene } from './scene.ts';
import type { StoryDeed, StoryExchange, StoryLaunch, StoryTool } from './story.ts';
import { fill, fillPath, wordsOf } from './text.ts';
import type { TextScope } from './text.ts';

/** Who does something, when. */
interface Acting {
  readonly time: EventTime;
  readonly by: Process;
  readonly scope: TextScope;
  readonly scene: Scene;
}

/** Does what is no launch; returns when it was done. */
export function act(what: Exclude<StoryDeed, StoryLaunch>, acting: Acting): EventTime {
  const { time, by, scope, scene } = acting;
  const { stage, processes } = scene;
  switch (what.kind) {
    case 'end': {
      const process = processes.get(what.process);
      assert(process !== undefined, `nobody is called ${what.process}`);
      stage.exit(time, process);
      return time;
    }
    case 'read':
    case 'create':
    case 'write':
    case 'delete':
    case 'rename':
    case 'print':
      return actOnFile(what, acting);
    case 'resolve':
    case 'connect':
    case 'upload':
    case 'fetch':
    case 'listen':
    case 'accept':
      return actOnNetwork(what, acting);
    case 'copy':
      stage.act(time, by, { kind: 'copy', digest: fill(what.text, scope) });
      return time;
    case 'paste':
      stage.act(time, by, { kind: 'paste' });
      return time;
    case 'mount': {
      const path = placeOf('removable', scene.system, scene.home) ?? '';
      stage.act(time, by, { kind: 'mount', path, label: what.label });
      return time;
    }
    case 'set':
      stage.act(time, by, { kind: 'set', key: what.key, value: fill(what.value, scope) });
      return time;
    case 'tool':
      return callTool(what, acting);
    case 'token': {
      const { decision, audience, validMs, device } = what;
      const token = `hk:${scene.session.slice(0, 12)}`;
      const other = `${by.host.name}-beside-${device ?? ''}`;
      const kept = device === undefined ? {} : { device: other };
      stage.act(time, by, { kind: 'token', decision, audience, validMs, token, ...kept });
      return time;
    }
    default:
      return unreachable(what);
  }
}

type OfKind<K extends StoryDeed['kind']> = Extract<StoryDeed, { readonly kind: K }>;

function actOnFile(
  what: OfKind<'read' | 'create' | 'write' | 'delete' | 'rename' | 'print'>,
  { time, by, scope, scene }: Acting,
): EventTime {
  const { stage } = scene;
  const path = fillPath(wordsOf(what.path, scope.system) ?? '', scope);
  switch (what.kind) {
    case 'read':
    case 'create':
    case 'write':
      stage.act(time, by, { kind: what.kind, path });
      return time;
    case 'delete':
      stage.act(time, by, { kind: 'delete', path, executable: path.endsWith('.exe') });
      return time;
    case 'rename': {
      const to = fillPath(wordsOf(what.to, scope.system) ?? '', scope);
      stage.act(time, by, { kind: 'rename', path, to });
      return time;
    }
    case 'print': {
      const { printer, pages } = what;
      const document = fileName(path);
      stage.act(time, by, { kind: 'print', document, printer, pages, bytes: pages * 48_000 });
      return time;
    }
    default:
      return unreachable(what);
  }
}

function actOnNetwork(
  what: OfKind<'resolve' | 'connect' | 'upload' | 'fetch' | 'listen' | 'accept'>,
  acting: Acting,
): EventTime {
  const { time, by, scope, scene } = acting;
  const { stage } = scene;
  switch (what.kind) {
    case 'resolve':
      stage.resolve(time, by, destinationOf(fill(what.name, scope), 53));
      return time;
    case 'connect': {
      const destination = destinationOf(fill(what.to, scope), what.port);
      if (destination.isAddress) stage.connect(time, by, destination);
      else stage.contact(time, by, destination);
      return time + 60;
    }
    case 'upload':
    case 'fetch':
      return exchange(what, acting);
    case 'listen':
      stage.act(time, by, { kind: 'listen', address: what.address, port: what.port });
      return time;
    case 'accept': {
      const port = scope.random.integer(49_152, 60_999);
      stage.act(time, by, { kind: 'accept', address: what.from, port, localPort: what.port });
      return time;
    }
    default:
      return unreachable(what);
  }
}

function exchange(what: StoryExchange, { time, by, scope, scene }: Acting): EventTime {
  const { stage } = scene;
  const url = fill(what.url, scope);
  const [, scheme = 'https', host = '', port] = /^(https?):\/\/([^/:]+)(?::(\d+))?/.exec(url) ?? [];
  const destination = destinationOf(host, Number(port ?? (scheme === 'https' ? 443 : 80)));
  if (!destination.isAddress) stage.resolve(time, by, destination);
  const connected = time + scope.random.integer(12, 60);
  const localPort = stage.connect(connected, by, destination);
  const durationMs = 120 + Math.round(what.bytes / 20_000);
  stage.act(connected + durationMs, by, {
    kind: 'request',
    method: what.method,
    url,
    name: host,
    address: destination.addresses[0],
    port: destination.port,
    localPort,
    sentBytes: what.bytes,
    receivedBytes: scope.random.integer(200, 3_000),
    durationMs,
    userAgent: userAgent(by),
    ...(what.file === undefined ? {} : { fileName: fill(what.file, scope) }),
    ...(what.type === undefined ? {} : { contentType: what.type }),
  });
  return connected + durationMs;
}

// How programs call themselves to servers; what is not here says its name.
const userAgents: readonly (readonly [program: RegExp, says: string])[] = [
  [/^python/, 'python-requests/2.32.3'],
  [/^node/, 'undici'],
  [/^powershell/, 'Mozilla/5.0 (Windows NT 10.0; en-US) WindowsPowerShell/5.1.26100.3037'],
  [/^(?:claude|2\.1\.0)/, 'claude-cli/2.1.0 (external, cli)'],
  [/^curl/, 'curl/8.14.1'],
  [/^rclone/, 'rclone/v1.69.1'],
  [/^aws/, 'aws-cli/2.24.10'],
  [/^git/, 'git/2.48.1'],
];

function userAgent(by: Process): string {
  const name = fileName(by.program.path)
    .replace(/\.exe$/i, '')
    .toLowerCase();
  return userAgents.find(([program]) => program.test(name))?.[1] ?? `${name}/1.0`;
}

function callTool(what: StoryTool, { time, by, scope, scene }: Acting): EventTime {
  const input: Record<string, string> = {};
  for (const [name, words] of Object.entries(what.input)) {
    const text = wordsOf(words, scope.system) ?? '';
    input[name] = name.endsWith('path') ? fillPath(text, scope) : fill(text, scope);
  }
  const { tool, decision, server } = what;
  const kept = server === undefined ? {} : { server };
  scene.stage.act(time, by, {
    kind: 'tool',
    tool,
    input,
    decision,
    session: scene.session,
    ...kept,
  });
  return time;
}
