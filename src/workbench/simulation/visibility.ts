import { abilities } from '../../decoders/senses.ts';
import type { Ability, Sensor } from '../../decoders/senses.ts';
import type { Action, Deed } from '../../simulation/action.ts';
import type { Play } from '../../simulation/story/play.ts';
import type { ExpectedAlert } from '../../simulation/story/story.ts';

/** What a sensor must have so that a deed can be seen through it: an ability, or a log source that it serves. */
export type Need =
  | { readonly kind: 'ability'; readonly name: Ability; readonly isFull?: boolean }
  | { readonly kind: 'category'; readonly name: string }
  | { readonly kind: 'service'; readonly name: string };

/** What it takes to know that the doer of a deed descends from an agent. */
const LINEAGE: readonly Need[] = [ability('process_start'), ability('parent')];

/**
 * What a sensor needs to show that this was done; by default also to lay it to an agent above who did it.
 */
export function needsOf(
  deed: Deed,
  what: 'alone' | 'with lineage' = 'with lineage',
): readonly Need[] {
  const alone = deedNeeds(deed);
  const isByProcess = !['print', 'tool', 'token'].includes(deed.kind);
  return what === 'with lineage' && isByProcess ? [...LINEAGE, ...alone] : alone;
}

function deedNeeds(deed: Deed): readonly Need[] {
  switch (deed.kind) {
    case 'launch':
      return [ability('process_start')];
    // A sensor may tell of connections by the end of them, and of ends by nothing else.
    case 'exit':
      return [];
    case 'read':
      return [ability('file_read')];
    case 'create':
    case 'write':
      return [ability('file_write'), category('file_event')];
    case 'rename':
    case 'delete':
      return [ability('file_write')];
    case 'connect':
    case 'accept':
    case 'listen':
      return [category('network_connection')];
    case 'resolve':
      return [ability('dns')];
    case 'request':
      return [ability('bytes_out')];
    case 'copy':
    case 'paste':
      return [ability('clipboard')];
    case 'load':
      return [category('image_load')];
    case 'set':
      return [category('registry_set')];
    case 'open':
      return [category('process_access')];
    case 'mount':
      return [category('device_connected')];
    case 'print':
      return [{ kind: 'service', name: 'printservice-operational' }];
    case 'tool':
      return [category('agent_events')];
    case 'token':
      return [{ kind: 'service', name: 'token-broker' }];
  }
}

/**
 * The need of this name, as a scenario writes it: `bytes_out` (in part at least), `parent_full`, `category_proxy`,
 * `service_security`.
 */
export function needOf(name: string): Need | undefined {
  const [, kind, rest = ''] = /^(category|service)_(.+)$/.exec(name) ?? [];
  if (kind === 'category' || kind === 'service') return { kind, name: rest };
  const isFull = name.endsWith('_full');
  const found = abilities.find((each) => each === (isFull ? name.slice(0, -5) : name));
  return found === undefined ? undefined : { kind: 'ability', name: found, isFull };
}

/**
 * True if the sensor says of itself that it can tell what the alert is about. Some of what it says holds for one
 * system only, or for files that it is set up for: so each kind of the deeds must be in its telemetry, too.
 */
export function isVisible(expected: ExpectedAlert, play: Play, view: SensorView): boolean {
  if (!expected.systems.includes(play.host.system)) return false;
  if (Object.hasOwn(expected.notOn, view.sensor.name)) return false;
  const evidence = evidenceOf(expected, play);
  const needs = expected.needs?.map(needOf) ?? evidence.flatMap(({ deed }) => needsOf(deed));
  if (!needs.every((need) => need !== undefined && isSeen(view.sensor, need))) return false;
  return expected.evidence.every((label) => {
    const deeds = play.labelled.get(label) ?? [];
    const told = new Set(deeds.filter((deed) => view.told.has(deed)).map(({ deed }) => deed.kind));
    const kinds = new Set(deeds.map(({ deed }) => deed.kind));
    return expected.needs === undefined ? told.size === kinds.size : told.size > 0;
  });
}

/** What a sensor says of itself, and the deeds that its telemetry tells of. */
export interface SensorView {
  readonly sensor: Sensor;
  readonly told: ReadonlySet<Action>;
}

/** The deeds that an expected alert is about, in order of time. */
export function evidenceOf(expected: ExpectedAlert, play: Play): readonly Action[] {
  return expected.evidence
    .flatMap((label) => play.labelled.get(label) ?? [])
    .sort((a, b) => a.time - b.time);
}

/** True if the sensor says that it has what is needed, in some cases at least. */
export function isSeen(sensor: Sensor, need: Need): boolean {
  switch (need.kind) {
    case 'ability':
      return need.isFull === true
        ? sensor.senses[need.name].level === 'full'
        : sensor.senses[need.name].level !== 'blind';
    case 'category':
      return sensor.serves.categories.includes(need.name);
    case 'service':
      return sensor.serves.services.includes(need.name);
  }
}

function ability(name: Ability): Need {
  return { kind: 'ability', name };
}

function category(name: string): Need {
  return { kind: 'category', name };
}
