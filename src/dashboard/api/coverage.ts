import { threatOf } from '../../alert/threat.ts';
import { textsAt } from '../../alert/ecs-path.ts';
import type { RuleHits } from './entity-shapes.ts';
import type { LoadedRule } from './pipeline-shapes.ts';

/** A technique under one tactic, with the rules that look for it. */
export interface TechniqueCell {
  readonly technique: string;
  readonly rules: readonly string[];
  readonly blind: number;
  readonly alerts: number;
}

export interface TacticColumn {
  readonly tactic: string;
  readonly techniques: readonly TechniqueCell[];
}

export interface Coverage {
  readonly attack: readonly TacticColumn[];
  readonly atlas: readonly TacticColumn[];
}

/** Which techniques the loaded rules look for, by the tactics that they name. */
export function coverageOf(rules: readonly LoadedRule[], hits: readonly RuleHits[]): Coverage {
  const alerts = new Map(hits.map(({ ruleId, alerts: found }) => [ruleId, found]));
  const columns = { attack: new Map<string, Cells>(), atlas: new Map<string, Cells>() };
  for (const rule of rules) {
    for (const framework of ['attack', 'atlas'] as const) {
      const own = rule.tags.filter((tag) => tag.startsWith(`${framework}.`));
      const threat = threatOf(own);
      if (threat === undefined) continue;
      const tactics = textsAt(threat, 'tactic.name');
      const techniques = textsAt(threat, 'technique.id');
      for (const tactic of tactics.length === 0 ? ['No tactic named'] : tactics) {
        const cells = columns[framework].get(tactic) ?? new Map<string, LoadedRule[]>();
        columns[framework].set(tactic, cells);
        for (const technique of techniques) {
          cells.set(technique, [...(cells.get(technique) ?? []), rule]);
        }
      }
    }
  }
  return { attack: columnsOf(columns.attack, alerts), atlas: columnsOf(columns.atlas, alerts) };
}

type Cells = Map<string, LoadedRule[]>;

// In the order of an intrusion, as ATT&CK shows them.
const ORDER: readonly string[] = [
  'Reconnaissance',
  'Resource Development',
  'AI Model Access',
  'Initial Access',
  'Execution',
  'Persistence',
  'Privilege Escalation',
  'Stealth',
  'Defense Evasion',
  'Defense Impairment',
  'Credential Access',
  'Discovery',
  'Lateral Movement',
  'Collection',
  'AI Attack Staging',
  'Command and Control',
  'Exfiltration',
  'Impact',
];

function columnsOf(
  columns: ReadonlyMap<string, Cells>,
  alerts: ReadonlyMap<string, number>,
): readonly TacticColumn[] {
  const place = (tactic: string): number => {
    const found = ORDER.indexOf(tactic);
    return found < 0 ? ORDER.length : found;
  };
  return [...columns]
    .toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
    .map(([tactic, cells]) => ({
      tactic,
      techniques: [...cells]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([technique, rules]) => ({
          technique,
          rules: rules.map(({ id }) => id),
          blind: rules.filter(({ state }) => state !== 'on').length,
          alerts: rules.reduce((sum, { id }) => sum + (alerts.get(id) ?? 0), 0),
        })),
    }));
}
