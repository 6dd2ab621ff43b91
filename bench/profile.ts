// Sums up a profile that `node --cpu-prof` wrote: self time by function, under one pass of the bench.
// Run: node bench/profile.ts FILE.cpuprofile [--under sigmaPass,...] [--top 20]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** The part of the format (Chrome DevTools protocol, `Profiler.Profile`) that is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Self time of one function. */
export interface ProfileLine {
  readonly name: string;
  readonly ms: number;
  readonly share: number;
}

/** Functions by self time, the longest first; with names, only what ran under one of these functions. */
export function sumUp(profile: CpuProfile, under: readonly string[]): readonly ProfileLine[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) {
    for (const child of children ?? []) parents.set(child, id);
  }
  const isUnder = (from: number): boolean => {
    for (let id: number | undefined = from; id !== undefined; id = parents.get(id)) {
      if (under.includes(nodes.get(id)?.callFrame.functionName ?? '')) return true;
    }
    return false;
  };
  const counted = new Map(profile.nodes.map(({ id }) => [id, under.length === 0 || isUnder(id)]));
  const sums = new Map<string, number>();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id);
    if (node === undefined || counted.get(id) !== true) continue;
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    sums.set(nameOf(node), (sums.get(nameOf(node)) ?? 0) + ms);
    total += ms;
  }
  return [...sums]
    .map(([name, ms]) => ({ name, ms, share: ms / total }))
    .sort((one, other) => other.ms - one.ms);
}

function nameOf({ callFrame }: ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const place = url === '' ? '' : ` ${url.replace(/^.*?\/(?=src\/|bench\/|node_modules\/)/, '')}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}${url === '' ? '' : `:${lineNumber + 1}`}`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { under: { type: 'string' }, top: { type: 'string', default: '20' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined) throw new Error('name a .cpuprofile');
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const lines = sumUp(profile, values.under?.split(',') ?? []);
  for (const { name, ms, share } of lines.slice(0, Number(values.top))) {
    process.stdout.write(
      `${ms.toFixed(0).padStart(7)} ms ${(share * 100).toFixed(1).padStart(5)} %  ${name}\n`,
    );
  }
}
