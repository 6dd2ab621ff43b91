import { parseDurationMs } from '../base/duration.ts';
import type { Mapping, PolicyReader } from './reader.ts';

/** How an organisation runs a rule, without editing it. */
export interface RuleOverride {
  /** Id or name. */
  readonly rule: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** YYYY-MM-DD; in force up to that day. */
  readonly expires: string | undefined;
  readonly enabled: boolean | undefined;
  readonly level: OverrideLevel | undefined;
  /** Takes the place of the number in the correlation's condition. */
  readonly threshold: number | undefined;
  readonly timespanMs: number | undefined;
  readonly exceptions: readonly RuleException[];
  readonly place: OverridePlace;
}

/** Events that a rule no longer counts. */
export interface RuleException {
  readonly owner: string;
  readonly reason: string;
  /** An exception without end is forgotten, so this one is not optional. */
  readonly expires: string;
  /** A counted rule, where not all that the rule counts are meant. */
  readonly of: string | undefined;
  /** A selection of Sigma, as plain data. */
  readonly events: unknown;
  readonly place: OverridePlace;
}

/** Where it stands, both 1-based. */
export interface OverridePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
type OverrideLevel = (typeof LEVELS)[number];

/** Keys of a file of overrides. */
export const OVERRIDE_FILE_KEYS: readonly string[] = ['overrides', 'version', 'description'];
const OVERRIDE_KEYS = [
  ...['rule', 'owner', 'reason', 'expires'],
  ...['enabled', 'level', 'threshold', 'timespan', 'exceptions'],
];
const SETTINGS = ['enabled', 'level', 'threshold', 'timespan', 'exceptions'];
const EXCEPTION_KEYS = ['owner', 'reason', 'expires', 'of', 'events'];

/** Reads a file of overrides; what is broken is left out and named. */
export function readOverrides(reader: PolicyReader, root: Mapping): readonly RuleOverride[] {
  reader.refuseOtherKeys(root, OVERRIDE_FILE_KEYS);
  return reader.mappings(root, 'overrides').flatMap((entry) => readOverride(reader, entry));
}

function readOverride(reader: PolicyReader, entry: Mapping): readonly RuleOverride[] {
  const { errors } = reader;
  reader.refuseOtherKeys(entry, OVERRIDE_KEYS);
  const rule = reader.text(entry, 'rule');
  const owner = reader.text(entry, 'owner');
  const reason = reader.text(entry, 'reason');
  const has = (key: string): boolean => Object.hasOwn(entry.data, key);
  if (!SETTINGS.some(has)) {
    reader.problem('policy-missing-key', entry.path, 'the override changes nothing', {
      hint: `add one of ${SETTINGS.join(', ')}`,
    });
    return [];
  }
  const settings = {
    expires: has('expires') ? readDay(reader, entry) : undefined,
    enabled: has('enabled') ? reader.flag(entry, 'enabled', true) : undefined,
    level: has('level') ? readLevel(reader, entry) : undefined,
    threshold: has('threshold') ? readThreshold(reader, entry) : undefined,
    timespanMs: has('timespan') ? readTimespan(reader, entry) : undefined,
    exceptions: has('exceptions')
      ? reader.mappings(entry, 'exceptions').flatMap((each) => readException(reader, each))
      : [],
  };
  // Half of what somebody wrote is not what they meant.
  if (rule === undefined || owner === undefined || reason === undefined) return [];
  if (reader.errors > errors) return [];
  return [{ rule, owner, reason, ...settings, place: reader.place(entry.path) }];
}

function readException(reader: PolicyReader, entry: Mapping): readonly RuleException[] {
  reader.refuseOtherKeys(entry, EXCEPTION_KEYS);
  const owner = reader.text(entry, 'owner');
  const reason = reader.text(entry, 'reason');
  const expires = readDay(reader, entry);
  const of = Object.hasOwn(entry.data, 'of') ? reader.text(entry, 'of') : undefined;
  const events = Object.hasOwn(entry.data, 'events') ? entry.data['events'] : undefined;
  if (events === undefined) {
    reader.problem('policy-missing-key', entry.path, '"events" is missing: a selection of Sigma', {
      hint: "as events: { Image|endswith: '/backup' }",
    });
  }
  if (owner === undefined || reason === undefined || expires === undefined) return [];
  if (events === undefined) return [];
  return [{ owner, reason, expires, of, events, place: reader.place(entry.path) }];
}

function readDay(reader: PolicyReader, entry: Mapping): string | undefined {
  const day = reader.text(entry, 'expires');
  if (day === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(day)) return day;
  reader.problem('policy-wrong-type', [...entry.path, 'expires'], `"${day}" is not a day`, {
    hint: 'write YYYY-MM-DD',
  });
  return undefined;
}

function readLevel(reader: PolicyReader, entry: Mapping): OverrideLevel | undefined {
  const level = reader.text(entry, 'level');
  const found = LEVELS.find((each) => each === level);
  if (found === undefined && level !== undefined) {
    reader.problem('policy-wrong-type', [...entry.path, 'level'], `"${level}" is not a level`, {
      hint: `one of ${LEVELS.join(', ')}`,
    });
  }
  return found;
}

function readThreshold(reader: PolicyReader, entry: Mapping): number | undefined {
  const value = entry.data['threshold'];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  reader.problem('policy-wrong-type', [...entry.path, 'threshold'], '"threshold" must be a number');
  return undefined;
}

function readTimespan(reader: PolicyReader, entry: Mapping): number | undefined {
  const text = reader.text(entry, 'timespan');
  if (text === undefined) return undefined;
  const ms = /^[1-9][0-9]*[smhdwMy]$/.test(text) ? parseDurationMs(text) : undefined;
  if (ms === undefined) {
    reader.problem('policy-wrong-type', [...entry.path, 'timespan'], `"${text}" is no timespan`, {
      hint: 'write a whole number and one of s, m, h, d, w, M, y, as in 15m',
    });
  }
  return ms;
}

/** True while it is in force on this day, YYYY-MM-DD. */
export function isInForce({ expires }: Pick<RuleOverride, 'expires'>, today: string): boolean {
  return expires === undefined || today <= expires;
}
