import { resolve } from 'node:path';

import { assert } from '../../base/assert.ts';
import type { EventTime } from '../../event/record.ts';
import { STDIN } from '../../sources/file.ts';
import type { Decoded } from '../decoding.ts';
import type { LogPlace } from './finding.ts';

/** A file of a scan. */
export interface ScanFile {
  readonly path: string;
  /** Its number on the command line. */
  readonly order: number;
  /** Of its first event; before everything if that is not known. */
  readonly firstTime: EventTime;
}

/** Names the places of records, as they are read in the order of the log. */
export class Places {
  private readonly files = new Map<string, FilePlace>();
  private latest: { readonly source: string; readonly file: FilePlace } | undefined;

  constructor(files: readonly ScanFile[]) {
    for (const { path, order, firstTime } of files) {
      this.files.set(path === STDIN ? STDIN : resolve(path), {
        order,
        reached: firstTime,
        line: 0,
      });
    }
  }

  /** Must be asked for every record, in order. */
  of({ record, events }: Decoded): LogPlace {
    const { source, offset } = record.position;
    const file = this.latest?.source === source ? this.latest.file : this.turnTo(source);
    const time = events[0]?.time;
    if (time !== undefined && time > file.reached) file.reached = time;
    // What is put together at the end of a file stands at its end, whatever line it began on.
    if (offset > file.line) file.line = offset;
    return { part: 'log', time: file.reached, file: file.order, line: file.line };
  }
  private turnTo(source: string): FilePlace {
    const file = this.files.get(source);
    assert(file !== undefined, 'a record is of a file of the scan');
    this.latest = { source, file };
    return file;
  }
}

interface FilePlace {
  readonly order: number;
  /** The newest event time, and the last line, so far. */
  reached: EventTime;
  line: number;
}
