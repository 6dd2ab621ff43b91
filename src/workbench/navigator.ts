import { textsAt } from '../alert/ecs-path.ts';
import { threatOf } from '../alert/threat.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { RuleSight } from './coverage.ts';

/** A layer of the ATT&CK Navigator, format 4.5. */
export interface NavigatorLayer {
  readonly name: string;
  readonly versions: { readonly layer: '4.5'; readonly navigator: string };
  readonly domain: 'enterprise-attack';
  readonly description: string;
  readonly techniques: readonly NavigatorTechnique[];
  readonly gradient: {
    readonly colors: readonly string[];
    readonly minValue: number;
    readonly maxValue: number;
  };
  readonly legendItems: readonly { readonly label: string; readonly color: string }[];
}

export interface NavigatorTechnique {
  readonly techniqueID: string;
  /** Rules that see; 0 when all that look for it are blind. */
  readonly score: number;
  readonly comment: string;
  readonly color?: string;
  readonly enabled: true;
  readonly showSubtechniques: boolean;
}

const BLIND_COLOR = '#d9641a';
const COLORS = ['#e3eef0', '#83bcc5', '#0a5563'];
const TITLES_MAX = 20;

/**
 * Techniques that the alerting rules look for on a fleet. ATLAS has no domain in the Navigator, so
 * only ATT&CK is in the layer.
 */
export function navigatorLayer(
  ruleSet: RuleSet,
  sights: readonly RuleSight[],
  sensors: readonly string[],
): NavigatorLayer {
  const blind = new Set(sights.filter(({ level }) => level === 'blind').map(({ id }) => id));
  const found = new Map<string, { seeing: string[]; blind: string[] }>();
  for (const { rule, alerts } of [...ruleSet.correlations, ...ruleSet.detections]) {
    if (!alerts) continue;
    for (const technique of techniquesOf(rule.tags)) {
      const known = found.get(technique) ?? { seeing: [], blind: [] };
      (blind.has(rule.id) ? known.blind : known.seeing).push(rule.title);
      found.set(technique, known);
    }
  }
  const techniques = [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([techniqueID, rules]) => techniqueOf(techniqueID, rules));
  return {
    name: `Tidegate on ${sensors.join(', ')}`,
    versions: { layer: '4.5', navigator: '5.1.0' },
    domain: 'enterprise-attack',
    description:
      'Score: rules that see on this fleet. Orange: rules look for it and all are blind.',
    techniques,
    gradient: {
      colors: COLORS,
      minValue: 0,
      maxValue: Math.max(1, ...techniques.map(({ score }) => score)),
    },
    legendItems: [{ label: 'all rules blind on this fleet', color: BLIND_COLOR }],
  };
}

/** Subtechniques where a tag names one, else the technique itself. */
function techniquesOf(tags: readonly string[]): readonly string[] {
  const threat = threatOf(tags.filter((tag) => /^attack\./i.test(tag)));
  if (threat === undefined) return [];
  const whole = textsAt(threat, 'technique.id');
  const parts = textsAt(threat, 'technique.subtechnique.id');
  return [...parts, ...whole.filter((id) => !parts.some((part) => part.startsWith(`${id}.`)))];
}

function techniqueOf(
  techniqueID: string,
  { seeing, blind }: { readonly seeing: readonly string[]; readonly blind: readonly string[] },
): NavigatorTechnique {
  const lines = [...seeing, ...blind.map((title) => `blind: ${title}`)];
  return {
    techniqueID,
    score: seeing.length,
    comment: lines.slice(0, TITLES_MAX).join('\n'),
    ...(seeing.length === 0 ? { color: BLIND_COLOR } : {}),
    enabled: true,
    showSubtechniques: techniqueID.includes('.'),
  };
}
