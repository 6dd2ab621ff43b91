import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Fault } from '../fault.ts';
import { configure, Instance, runToEnd } from '../instance.ts';
import { alertsOf, compare } from '../verdict.ts';
import { launches } from '../workload.ts';

/** A disk of its own, so small that it is soon full. */
class SmallDisk implements Disposable {
  readonly path: string;

  constructor(folder: string, megabytes: number) {
    this.path = join(folder, 'disk');
    mkdirSync(this.path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', this.path]);
  }

  /** Takes all space that is left but some. */
  fill(leaveBytes: number): void {
    const free = Number(
      execFileSync('stat', ['-f', '-c', '%a %S', this.path]).toString().split(' ')[0],
    );
    writeFileSync(join(this.path, 'filler'), Buffer.alloc(Math.max(0, free * 4096 - leaveBytes)));
  }

  empty(): void {
    rmSync(join(this.path, 'filler'));
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.path]);
  }
}

/** Faults of the disk. They need the right to mount a file system in memory. */
export const diskFaults: readonly Fault[] = [
  {
    id: 'D1',
    fault: 'the disk of alerts, checkpoints and dead letter is full, then has room again',
    run: async (stage) => {
      const file = join(stage.folder, 'events.ndjson');
      const lines = launches(String(stage.seed), stage.events).map(({ line }) => line);
      writeFileSync(file, `${lines.join('\n')}\nno JSON\n`);
      const source = `{ kind: file, paths: [${file}] }`;
      const checkpoints = '{ kind: sqlite, every: 100ms }';
      await runToEnd(configure(stage.folder, { source, checkpoints }));
      const expected = alertsOf(join(stage.folder, 'state', 'alerts.db'));
      using disk = new SmallDisk(stage.folder, 64);
      copyFileSync(join(stage.folder, 'state', 'redaction.key'), join(disk.path, 'redaction.key'));
      const config = configure(stage.folder, { source, checkpoints, dataDir: disk.path });
      disk.fill(300_000);
      await using instance = new Instance(config);
      const isNamed = await instance.says('store_full');
      disk.empty();
      const code = await instance.end();
      return {
        ...compare(expected, alertsOf(join(disk.path, 'alerts.db'))),
        also: { 'it was named': isNamed, 'it went on by itself': code === 0 },
      };
    },
  },
];
