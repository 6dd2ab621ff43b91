import type { FieldValue } from './event.ts';
import { textOf } from './field-value.ts';
import { hashIn, hashNames } from './hashes.ts';
import { converted, integer } from './reader.ts';
import type { Reader } from './reader.ts';
import { ecs } from './shape.ts';
import type { EcsField } from './shape.ts';

/** `event.category`, `.type` and `.action`: what ECS calls this kind of event. */
export function ecsKind(category: string, type: string, action: string): readonly EcsField[] {
  return [
    ecs('event.category', () => [category]),
    ecs('event.type', () => [type]),
    ecs('event.action', () => action),
  ];
}

/** The fields of a process' image below `prefix` (`process`, `process.parent`). */
export function ecsImage(prefix: string, path: Reader): readonly EcsField[] {
  return [ecs(`${prefix}.executable`, path), ecs(`${prefix}.name`, baseName(path))];
}

/** A file by its full path. */
export function ecsFile(path: Reader): readonly EcsField[] {
  return [
    ecs('file.path', path),
    ecs('file.name', baseName(path)),
    ecs('file.directory', converted(path, directoryOf)),
    ecs('file.extension', converted(path, extensionOf)),
  ];
}

/** The hashes of a Sysmon list below `prefix` (`process`, `file`, `dll`). */
export function ecsHashes(prefix: string, list: Reader): readonly EcsField[] {
  return hashNames.map((name) => {
    const field = name === 'imphash' ? `${prefix}.pe.imphash` : `${prefix}.hash.${name}`;
    return ecs(field, (data) => computedHash(hashIn(list(data), name)));
  });
}

// Sysmon writes zeros for a hash that it could not compute.
function computedHash(hash: string | undefined): string | undefined {
  return hash === undefined || NOT_COMPUTED.test(hash) ? undefined : hash.toLowerCase();
}

const NOT_COMPUTED = /^0*$/;

/** A user written as `DOMAIN\name`, or as a bare name. */
export function ecsUser(prefix: string, user: Reader): readonly EcsField[] {
  return [
    ecs(`${prefix}.domain`, converted(user, domainOf)),
    ecs(`${prefix}.name`, converted(user, accountOf)),
  ];
}

/** One end of a connection, `prefix` being `source` or `destination`. */
export function ecsEndpoint(prefix: string, ip: Reader, port: Reader): readonly EcsField[] {
  return [
    ecs(`${prefix}.address`, ip),
    ecs(`${prefix}.ip`, ip),
    ecs(`${prefix}.port`, integer(port)),
  ];
}

/** The last part of a path, with either kind of slash. */
export function baseName(path: Reader): Reader {
  return converted(path, (value) => {
    const text = textOf(value);
    if (text === undefined) return undefined;
    const name = text.slice(lastSlash(text) + 1);
    return name === '' ? undefined : name;
  });
}

function directoryOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value) ?? '';
  const slash = lastSlash(text);
  return slash <= 0 ? undefined : text.slice(0, slash);
}

function extensionOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value) ?? '';
  const dot = text.lastIndexOf('.');
  const start = lastSlash(text) + 1;
  return dot <= start || dot === text.length - 1 ? undefined : text.slice(dot + 1);
}

function lastSlash(text: string): number {
  return Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/'));
}

function domainOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value) ?? '';
  const slash = text.indexOf('\\');
  return slash <= 0 ? undefined : text.slice(0, slash);
}

function accountOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value) ?? '';
  const name = text.slice(text.indexOf('\\') + 1);
  return name === '' ? undefined : name;
}
