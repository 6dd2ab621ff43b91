import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createAutoDecoder } from '../../../src/decoders/index.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import { linkRules } from '../../../src/language/link.ts';
import { readRules } from '../../../src/language/read.ts';
import type { RuleSet } from '../../../src/language/ruleset.ts';

const shared = resolve(import.meta.dirname, '../../../../shared');
const archive = join(shared, 'sigma/sigma-rules.tar.gz');

/** True if the rules of SigmaHQ and the recordings lie beside the project. */
export const isCorpusHere: boolean = existsSync(archive);

/** The linked rules of SigmaHQ whose paths begin so. */
export function sigmaRules(prefix: string): RuleSet {
  const rules = unpack(gunzipSync(readFileSync(archive)))
    .filter(({ name }) => name.startsWith(prefix) && name.endsWith('.yml'))
    .flatMap(({ name, text }) => readRules(text, name).rules);
  return linkRules(rules);
}

/** The lines of a recording, by its path below the data folder without `.ndjson.gz`. */
export function recording(name: string): readonly string[] {
  const bytes = gunzipSync(readFileSync(join(shared, `data/${name}.ndjson.gz`)));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const end = newline === -1 ? bytes.length : newline;
    // Not a slice of one text, which would be slower to read than a line that comes alone.
    if (end > at) lines.push(bytes.toString('utf8', at, end));
    at = end + 1;
  }
  return lines;
}

interface Expectations {
  readonly files: Readonly<
    Record<string, { readonly rules: Readonly<Record<string, { readonly count: number }>> }>
  >;
}

/**
 * How many events of a recording each rule must match, as an evaluator apart from this project
 * says.
 */
export function expectedMatches(name: string): ReadonlyMap<string, number> {
  const text = readFileSync(join(shared, 'data/expected-sigma.json'), 'utf8');
  const { files } = JSON.parse(text) as Expectations;
  const rules = Object.entries(files[`${name}.ndjson.gz`]?.rules ?? {});
  return new Map(rules.map(([id, { count }]) => [id, count]));
}

const encoder = new TextEncoder();
const decoder = createAutoDecoder();

/** The events of a line; none if its format is unknown. */
export function eventsOf(line: string, offset: number): readonly TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  const position = { source: 'recording', partition: 0, offset };
  decoder.decode({ payload: encoder.encode(line), position }, (event) => events.push(event));
  return events;
}

interface Entry {
  readonly name: string;
  readonly text: string;
}

const blockLength = 512;

// The files of a tar archive; a long name stands in a header of its own (POSIX pax) before its
// file.
function unpack(archived: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + blockLength <= archived.length;) {
    const field = (from: number, length: number): string => {
      return archived.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    };
    const size = Number.parseInt(field(124, 12) || '0', 8);
    const body = at + blockLength;
    const kind = field(156, 1);
    const text = archived.toString('utf8', body, body + size);
    if (kind === '0') entries.push({ name: longName ?? field(0, 100), text });
    longName = kind === 'x' ? /^\d+ path=(.*)$/m.exec(text)?.[1] : undefined;
    at = body + Math.ceil(size / blockLength) * blockLength;
  }
  return entries;
}
