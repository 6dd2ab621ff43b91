import type { Ability, Sense, Sensor } from '../decoders/senses.ts';
import type { LogsourcePattern } from '../event/logsource.ts';
import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Expression } from '../language/tree.ts';
import { abilityOfCategory, abilityOfField, isOfDestination, isOfLineage } from './rule-needs.ts';

/** How well a rule sees with the sensors of a fleet. */
export interface RuleSight {
  readonly id: string;
  readonly name: string | undefined;
  readonly title: string;
  readonly level: Sense['level'];
  /** What limits it most; empty for a rule that sees everything. */
  readonly reason: string;
  /** Sensors of the fleet that this sight comes from. */
  readonly by: readonly string[];
  /** Sensors that are not of the fleet and would see more. */
  readonly sightFrom: readonly { readonly sensor: string; readonly level: Sense['level'] }[];
}

const SIGHTED: Sense = { level: 'full', reason: '' };
const RANK: Readonly<Record<Sense['level'], number>> = { blind: 0, partial: 1, full: 2 };

/** How well each rule that alerts sees with these sensors, and which of all others would see more. */
export function coverage(
  ruleSet: RuleSet,
  fleet: readonly Sensor[],
  known: readonly Sensor[],
): readonly RuleSight[] {
  const sight = new Sight(ruleSet);
  const others = known.filter((sensor) => !fleet.includes(sensor));
  const alerting = [...ruleSet.detections, ...ruleSet.correlations].filter(({ alerts }) => alerts);
  return alerting.map((linked): RuleSight => {
    const { rule } = linked;
    const { level, reason } = sight.of(linked, fleet);
    const seesAsMuch = (sensor: Sensor): boolean =>
      level !== 'blind' && sight.of(linked, [sensor]).level === level;
    const better = others
      .map((sensor) => ({
        sensor: sensor.name,
        level: sight.of(linked, [...fleet, sensor]).level,
      }))
      .filter((each) => RANK[each.level] > RANK[level])
      .sort((a, b) => RANK[b.level] - RANK[a.level]);
    return {
      id: rule.id,
      name: rule.name,
      title: rule.title,
      level,
      reason,
      by: fleet.filter(seesAsMuch).map((sensor) => sensor.name),
      sightFrom: better,
    };
  });
}

/** What sensors let rules see. */
class Sight {
  readonly #detections: ReadonlyMap<string, LinkedDetection>;
  readonly #correlations: ReadonlyMap<string, LinkedCorrelation>;

  constructor({ detections, correlations }: RuleSet) {
    this.#detections = new Map(detections.map((linked) => [linked.rule.id, linked]));
    this.#correlations = new Map(correlations.map((linked) => [linked.rule.id, linked]));
  }

  of(linked: LinkedDetection | LinkedCorrelation, fleet: readonly Sensor[]): Sense {
    if ('sources' in linked) return this.#ofCorrelation(linked, fleet);
    const sights = fleet.map((sensor) => ofDetection(linked, sensor, fleet));
    return best(sights) ?? { level: 'blind', reason: 'no sensor' };
  }

  // Several rules of one count stand for each other; an order of rules needs all of them.
  #ofCorrelation(linked: LinkedCorrelation, fleet: readonly Sensor[]): Sense {
    const sights = linked.sources.map((id) => {
      const source = this.#detections.get(id) ?? this.#correlations.get(id);
      return source === undefined ? SIGHTED : this.of(source, fleet);
    });
    const needsAll = linked.rule.correlation.type.startsWith('temporal');
    return (needsAll ? worst(sights) : best(sights)) ?? SIGHTED;
  }
}

function ofDetection(linked: LinkedDetection, sensor: Sensor, fleet: readonly Sensor[]): Sense {
  const { logsource } = linked.outline ?? linked.rule;
  if (!serves(sensor, logsource)) {
    return { level: 'blind', reason: `no sensor tells of ${nameOf(logsource)}` };
  }
  const ability = abilityOfCategory(logsource.category);
  const event = ability === undefined ? SIGHTED : named(sensor, ability);
  const eye: Eye = { sensor, fleet, category: logsource.category };
  const conditions = linked.expressions.map((expression) => ofExpression(expression, eye));
  return worst([event, best(conditions) ?? SIGHTED]) ?? SIGHTED;
}

/** What a test is looked at with. */
interface Eye {
  readonly sensor: Sensor;
  readonly fleet: readonly Sensor[];
  readonly category: string | undefined;
}

// What a rule rules out needs no sight: a field that is not there rules nothing out.
function ofExpression(expression: Expression, eye: Eye): Sense {
  switch (expression.kind) {
    case 'and':
      return worst(expression.operands.map((operand) => ofExpression(operand, eye))) ?? SIGHTED;
    case 'or':
      return best(expression.operands.map((operand) => ofExpression(operand, eye))) ?? SIGHTED;
    case 'field':
    case 'exists':
      return ofField(expression.field, eye);
    case 'not':
    case 'keyword':
      return SIGHTED;
  }
}

function ofField(field: string, { sensor, fleet, category }: Eye): Sense {
  if (isOfLineage(field)) return ofLineage(fleet);
  if (isOfDestination(field)) {
    if (category !== 'network_connection') return SIGHTED;
    const name = named(sensor, 'fqdn');
    // An address without a name is a destination, too.
    return name.level === 'blind' ? { level: 'partial', reason: name.reason } : name;
  }
  const ability = abilityOfField(field);
  return ability === undefined ? SIGHTED : named(sensor, ability);
}

// Launches may come from another sensor than the event. An agent's own image is known without them.
function ofLineage(fleet: readonly Sensor[]): Sense {
  const abilities: readonly Ability[] = ['process_start', 'parent'];
  const sights = abilities.map(
    (ability) => best(fleet.map((sensor) => named(sensor, ability))) ?? SIGHTED,
  );
  const sight = worst(sights) ?? SIGHTED;
  if (sight.level !== 'blind') return SIGHTED;
  return { level: 'partial', reason: `descendants of agents are not known: ${sight.reason}` };
}

const TITLES: Readonly<Record<Ability, string>> = {
  process_start: 'process starts',
  parent: 'parents',
  file_read: 'file reads',
  file_write: 'file writes',
  hash: 'hashes',
  fqdn: 'names of peers',
  bytes_out: 'bytes sent',
  payload: 'content',
  dns: 'lookups',
  clipboard: 'the clipboard',
  signer: 'signers',
};

function named(sensor: Sensor, ability: Ability): Sense {
  const { level, reason } = sensor.senses[ability];
  if (level === 'full') return SIGHTED;
  return { level, reason: `${sensor.name}, ${TITLES[ability]}: ${reason}` };
}

function serves({ serves: served }: Sensor, pattern: LogsourcePattern): boolean {
  const { product, category, service } = pattern;
  return (
    (product === undefined || served.products.includes(product)) &&
    (category === undefined || served.categories.includes(category)) &&
    (service === undefined || served.services.includes(service))
  );
}

function nameOf({ product, category, service }: LogsourcePattern): string {
  const parts = [product, category ?? service].filter((part) => part !== undefined);
  return parts.join(' ');
}

function best(senses: readonly Sense[]): Sense | undefined {
  return pick(senses, (a, b) => RANK[a.level] > RANK[b.level]);
}

function worst(senses: readonly Sense[]): Sense | undefined {
  return pick(senses, (a, b) => RANK[a.level] < RANK[b.level]);
}

function pick(
  senses: readonly Sense[],
  isBetter: (a: Sense, b: Sense) => boolean,
): Sense | undefined {
  let found = senses[0];
  for (const sense of senses) if (found !== undefined && isBetter(sense, found)) found = sense;
  return found;
}
