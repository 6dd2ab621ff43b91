import { resolve } from 'node:path';

import { findLane, type Lane } from '../../src/bench/lane.ts';
import { readInput } from '../../src/bench/input.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';

/** A record that can be had on any number of hosts: its text, cut where the host's name ends. */
interface Template {
  readonly host: string;
  readonly parts: readonly Buffer[];
}

/** A record of one host, keyed by it as a topic's records must be. */
export interface FleetRecord {
  readonly key: string;
  readonly value: Buffer;
}

/**
 * Recordings as the telemetry of many hosts: each copy has hosts of its own, so no event comes twice.
 */
export class Fleet {
  readonly hostsPerCopy: number;
  readonly #templates: readonly Template[];

  private constructor(templates: readonly Template[]) {
    this.#templates = templates;
    this.hostsPerCopy = new Set(templates.map(({ host }) => host)).size;
  }

  static async read(paths: readonly string[], lane = 'nomsg'): Promise<Fleet> {
    const decoder = createAutoDecoder();
    const shape: Lane | undefined = findLane(lane);
    if (shape === undefined) throw new Error(`no lane is named ${lane}`);
    const input = await readInput({
      paths: paths.map((path) => resolve(path)),
      lane: shape,
      decoder,
    });
    const templates: Template[] = [];
    for (const record of input.records) {
      let host: string | undefined;
      decoder.decode(record, (event) => (host ??= event.host));
      if (host === undefined || record.payload === null) continue;
      templates.push({ host, parts: cutAt(Buffer.from(record.payload).toString(), host) });
    }
    // Without its host's name in it a record would be the same event in every copy.
    return new Fleet(templates.filter(({ parts }) => parts.length > 1));
  }

  /**
   * So many records. A copy begins at regular steps, so that some number of them are under way at the
   * same time, each at another place: neighbours on the topic are as different as they are in life.
   */
  *records(count: number, copiesAtOnce: number): Generator<FleetRecord> {
    const { length } = this.#templates;
    const stagger = Math.max(1, Math.ceil(length / copiesAtOnce));
    let made = 0;
    for (let step = 0; made < count; step++) {
      const oldest = Math.max(0, Math.ceil((step - length + 1) / stagger));
      for (let copy = oldest; copy * stagger <= step && made < count; copy++) {
        const template = this.#templates[step - copy * stagger];
        if (template === undefined) continue;
        const key = `${template.host}-${String(copy)}`;
        yield { key, value: joined(template.parts, Buffer.from(`-${String(copy)}`)) };
        made += 1;
      }
    }
  }
}

/** Cuts behind each place where the name stands as a whole value; its case may differ. */
function cutAt(text: string, host: string): readonly Buffer[] {
  const lower = text.toLowerCase();
  const quoted = `"${host.toLowerCase()}"`;
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = lower.indexOf(quoted); at !== -1; at = lower.indexOf(quoted, from)) {
    const end = at + quoted.length - 1;
    parts.push(Buffer.from(text.slice(from, end)));
    from = end;
  }
  return [...parts, Buffer.from(text.slice(from))];
}

function joined(parts: readonly Buffer[], suffix: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (const [index, part] of parts.entries()) {
    pieces.push(part);
    if (index < parts.length - 1) pieces.push(suffix);
  }
  return Buffer.concat(pieces);
}
