import type { EngineLimits, EngineStatistics } from '../engine/engine.ts';
import type { FindingReading, PipelineReading, StateReading } from './api/pipeline-shapes.ts';

type EngineReading = Pick<
  PipelineReading,
  'late' | 'duplicates' | 'hosts' | 'fullest' | 'state' | 'findings'
>;

/** What the engines of all tasks say of themselves, added up. */
export function engineReading(
  engines: readonly EngineStatistics[],
  limits: EngineLimits,
): EngineReading {
  const sum = (key: 'late' | 'duplicates' | 'hosts' | 'waiting' | 'groups'): number =>
    engines.reduce((total, statistics) => total + statistics[key], 0);
  const count = Math.max(1, engines.length);
  const state: readonly StateReading[] = [
    { name: 'Hosts', used: sum('hosts'), limit: limits.hostsMax * count },
    { name: 'Group keys, over all rules', used: sum('groups'), limit: limits.keysMax * count },
    { name: 'Events waiting for order', used: sum('waiting'), limit: limits.waitingMax * count },
  ];
  return {
    late: sum('late'),
    duplicates: sum('duplicates'),
    hosts: sum('hosts'),
    fullest: Math.max(0, ...engines.map(({ fullest }) => fullest)),
    state,
    findings: engines.flatMap(({ findings }) => findings).map(findingReading),
  };
}

function findingReading({
  kind,
  host,
  ruleId,
  count,
  since,
}: EngineStatistics['findings'][number]): FindingReading {
  return { kind, host: host ?? null, rule: ruleId ?? null, count, since };
}
