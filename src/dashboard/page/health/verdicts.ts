import { countInWords, spanInWords } from '../../../alert/words.ts';
import type { Health, HealthSample } from '../../api/pipeline-shapes.ts';

export type Verdict = 'well' | 'watch' | 'act';

/** One number of the pipeline with its verdict: by shape, by word and in a sentence. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly line: readonly number[];
  readonly limit: number | undefined;
}

const LAG_WATCH_MS = 60_000;
const LAG_ACT_MS = 10 * 60_000;
const FULL_WATCH = 0.8;
const FULL_ACT = 0.98;
const ORDER: Readonly<Record<Verdict, number>> = { act: 0, watch: 1, well: 2 };

/** What the pipeline's numbers mean, the worst first. */
export function tilesOf(health: Health): readonly Tile[] {
  const { samples } = health;
  const line = (of: (sample: HealthSample) => number): readonly number[] => samples.map(of);
  const tiles = [
    lagTile(health, line),
    rateTile(health, line),
    lateTile(health, line),
    refusedTile(health, line),
    stateTile(health, line),
    partsTile(health),
    storeTile(health),
  ];
  return tiles.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
}

type Line = (of: (sample: HealthSample) => number) => readonly number[];

function lagTile({ lagMs, mode }: Health, line: Line): Tile {
  const base = { name: 'Lag', unit: '', line: line((sample) => sample.lagMs ?? 0) };
  if (lagMs === null) {
    const words = mode === 'demo' ? 'A recorded day has no lag.' : 'No event has come yet.';
    return { ...base, value: '—', verdict: 'well', sentence: words, limit: undefined };
  }
  const verdict = lagMs > LAG_ACT_MS ? 'act' : lagMs > LAG_WATCH_MS ? 'watch' : 'well';
  const sentence =
    verdict === 'well'
      ? 'The newest event is fresh.'
      : 'The newest event is old: sources are silent, or reading is behind.';
  return { ...base, value: spanInWords(Math.round(lagMs)), verdict, sentence, limit: LAG_WATCH_MS };
}

function rateTile({ perSecond, mode, events }: Health, line: Line): Tile {
  const isSilent = mode === 'run' && perSecond === 0;
  return {
    name: 'Rate',
    value: countInWords(perSecond),
    unit: 'events/s',
    verdict: isSilent ? 'watch' : 'well',
    sentence: `${countInWords(events)} events since the start.`,
    line: line((sample) => sample.perSecond),
    limit: undefined,
  };
}

function lateTile({ late, events, duplicates }: Health, line: Line): Tile {
  const share = events === 0 ? 0 : late / events;
  const sentence =
    share > 0.01
      ? 'More than one in a hundred came too late for windows: raise `lateness`.'
      : `Left out of closed windows; ${countInWords(duplicates)} duplicates were dropped.`;
  return {
    name: 'Late',
    value: countInWords(late),
    unit: 'events',
    verdict: share > 0.01 ? 'watch' : 'well',
    sentence,
    line: line((sample) => sample.late),
    limit: undefined,
  };
}

function refusedTile({ refused, events }: Health, line: Line): Tile {
  const count = refused.reduce((sum, each) => sum + each.count, 0);
  const share = events === 0 ? 0 : count / events;
  const verdict = share > 0.05 ? 'act' : count > 0 ? 'watch' : 'well';
  const [most] = refused.toSorted((a, b) => b.count - a.count);
  const sentence =
    most === undefined
      ? 'Every record was understood.'
      : `Mostly ${most.reason}; they wait in the dead letter, see \`tidegate dead-letter\`.`;
  return {
    name: 'Refused',
    value: countInWords(count),
    unit: 'records',
    verdict,
    sentence,
    line: line((sample) => sample.refused),
    limit: undefined,
  };
}

function stateTile({ fullest, findings }: Health, line: Line): Tile {
  const verdict = fullest >= FULL_ACT ? 'act' : fullest >= FULL_WATCH ? 'watch' : 'well';
  const named = findings.find(({ kind }) => kind !== 'clock');
  const sentence =
    verdict === 'well'
      ? 'All state is far from its limits.'
      : `Oldest go next${named === undefined ? '' : `: ${named.kind} of ${named.rule ?? named.host ?? ''}`}.`;
  return {
    name: 'State',
    value: `${Math.round(fullest * 100)} %`,
    unit: 'of its fullest limit',
    verdict,
    sentence,
    line: line((sample) => sample.fullest * 100),
    limit: 100,
  };
}

function partsTile({ parts, notReady, mode }: Health): Tile {
  const troubled = parts.filter(({ trouble }) => trouble !== null);
  const isBad = troubled.length > 0 || notReady.length > 0;
  const sentence =
    troubled[0] !== undefined
      ? `${troubled[0].name}: ${troubled[0].trouble ?? ''}`
      : (notReady[0] ?? (mode === 'none' ? 'No detector runs here.' : 'Every write succeeds.'));
  return {
    name: 'Sinks',
    value: `${parts.length - troubled.length} of ${parts.length}`,
    unit: 'take alerts',
    verdict: isBad ? 'act' : mode === 'none' ? 'watch' : 'well',
    sentence,
    line: [],
    limit: undefined,
  };
}

function storeTile({ store }: Health): Tile {
  const verdict = store.trouble !== null ? 'act' : store.behind > 1000 ? 'watch' : 'well';
  return {
    name: 'Alert store',
    value: countInWords(store.behind),
    unit: 'alerts to be indexed',
    verdict,
    sentence:
      store.trouble ?? (store.behind > 0 ? 'The list is catching up.' : 'The list has all.'),
    line: [],
    limit: undefined,
  };
}
