import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';

import { fail, ok, warn, type Finding } from './finding.ts';

/** The first Node 24 without the hash-flooding hole CVE-2026-21717, which an event could use. */
const NODE_MIN = [24, 14, 1] as const;
const FREE_BYTES_MIN = 1 << 30;
const OPEN_FILES_MIN = 4096;
const MIB = 1 << 20;

/** What the machine and the process must have. */
export function checkMachine(dataDir: string): readonly Finding[] {
  return [node(), ...disk(dataDir), memory(), openFiles(), clock()];
}

function node(): Finding {
  const { node: version } = process.versions;
  const parts = version.split('.').map(Number);
  const at = NODE_MIN.findIndex((least, index) => (parts[index] ?? 0) !== least);
  const isNew = at === -1 || (parts[at] ?? 0) > (NODE_MIN[at] ?? 0);
  const least = NODE_MIN.join('.');
  return isNew
    ? ok('node', 'version', version)
    : fail('node', 'version', `${version} is too old: install ${least} or newer`);
}

function disk(dataDir: string): readonly Finding[] {
  const folder = resolve(dataDir);
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'not usable';
    return [fail('disk', 'data folder', `${folder}: ${code}; make it writable for this user`)];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const room = `${folder}: ${Math.floor(free / MIB)} MiB free`;
  return [
    ok('disk', 'data folder', `${folder} can be written`),
    free >= FREE_BYTES_MIN
      ? ok('disk', 'space', room)
      : warn('disk', 'space', `${room}; below 1 GiB a burst of alerts can fill it`),
  ];
}

function memory(): Finding {
  const heap = Math.floor(getHeapStatistics().heap_size_limit / MIB);
  const all = Math.floor(totalmem() / MIB);
  const detail = `heap limit ${heap} MiB of ${all} MiB`;
  return heap < all
    ? ok('memory', 'heap', detail)
    : warn('memory', 'heap', `${detail}: more than there is; lower --max-old-space-size`);
}

function openFiles(): Finding {
  let text: string;
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return ok('limits', 'open files', 'not known on this system');
  }
  const [, soft = ''] = /^Max open files\s+(\S+)/m.exec(text) ?? [];
  const count = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  return count >= OPEN_FILES_MIN
    ? ok('limits', 'open files', soft)
    : warn(
        'limits',
        'open files',
        `${soft}; raise it to ${OPEN_FILES_MIN} (LimitNOFILE, ulimit -n)`,
      );
}

// A clock that nobody sets still runs; that it is wrong shows only against another one.
function clock(): Finding {
  const isSet = existsSync('/run/systemd/timesync/synchronized') || existsSync('/run/chrony');
  const now = new Date().toISOString();
  return isSet
    ? ok('clock', 'synchronised', now)
    : warn('clock', 'synchronised', `${now}; no time service was found, compare it with a watch`);
}
