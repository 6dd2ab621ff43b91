import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../../src/language/ruleset.ts';
import type { Correlation } from '../../src/language/tree.ts';
import type { Row } from '../engine/fakes.ts';
import { firedIn, holds, isRising, measure, type Judged, type Step } from './model-condition.ts';

// What the engine promises, written as plainly as possible: all events are at hand and in order,
// every window is cut out of them afresh at every moment, and every value is counted anew. It
// shares no code with the engine and takes as long as it takes.

/** A row with everything that identifies it. */
export type Fact = Row & { readonly id: string; readonly host: string };

/** What an alert must look like in the end. */
export interface ExpectedAlert {
  readonly rule: string;
  readonly key: readonly (string | null)[];
  /** Start of the episode, or the event's id. */
  readonly name: string;
  readonly count: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly value: number | undefined;
  readonly matched: readonly string[];
  readonly window: readonly [number, number] | undefined;
}

interface Opening {
  readonly time: number;
  readonly id: string;
  readonly host: string;
  readonly fields: ReadonlyMap<string, string | null>;
}

interface Draft {
  readonly start: number;
  readonly openedAt: number;
  readonly opener: Step;
  readonly steps: Step[];
  readonly window: readonly [number, number];
  value: number | undefined;
}

const AFTER_ALL = '\uffff';

/** All alerts of a rule set over these events, in no particular order. */
export function expectedAlerts(rules: RuleSet, facts: readonly Fact[]): readonly ExpectedAlert[] {
  const ordered = distinct(facts).toSorted(byOrder);
  const openings = new Map<string, readonly Opening[]>();
  const alerts: ExpectedAlert[] = [];
  for (const [index, linked] of rules.correlations.entries()) {
    const groups = Map.groupBy(stepsOf(linked, ordered, openings), ({ key, host }) =>
      // Groups of a rule that names the host are the host's own.
      JSON.stringify([key, linked.rule.correlation.groupBy.includes('Computer') ? host : '']),
    );
    const opened: Opening[] = [];
    for (const [group, steps] of groups) {
      const sorted = steps.toSorted(byOrder);
      const id = `${AFTER_ALL}${String(index).padStart(3, '0')}${group}`;
      const drafts = isRising(linked) ? rising(linked, sorted) : closing(linked, sorted, id);
      for (const draft of drafts) {
        opened.push(openingOf(linked, draft));
        if (linked.alerts) alerts.push(alertOf(linked, draft));
      }
    }
    openings.set(linked.rule.id, opened);
  }
  for (const linked of rules.detections) alerts.push(...withoutWindow(linked, ordered));
  return alerts;
}

function distinct(facts: readonly Fact[]): readonly Fact[] {
  const byName = new Map(facts.map((fact) => [`${fact.host} ${fact.id}`, fact]));
  return [...byName.values()];
}

function byOrder(one: { time?: number; at?: number; id: string; host: string }, other: typeof one) {
  const times = (one.time ?? one.at ?? 0) - (other.time ?? other.at ?? 0);
  if (times !== 0) return times;
  if (one.id !== other.id) return one.id < other.id ? -1 : 1;
  if (one.host === other.host) return 0;
  return one.host < other.host ? -1 : 1;
}

function stepsOf(
  { rule, sources }: LinkedCorrelation,
  facts: readonly Fact[],
  openings: ReadonlyMap<string, readonly Opening[]>,
): readonly Step[] {
  const steps = new Map<string, Step>();
  const add = (
    at: { time: number; id: string; host: string },
    source: number,
    field: (name: string) => unknown,
  ): void => {
    const key = rule.correlation.groupBy.map((name) => textOf(field(name)));
    if (key.includes(null) && rule.correlation.missingFields === 'drop') return;
    const value = valueOf(rule.correlation, field);
    if (value === undefined && takesValue(rule.correlation)) return;
    const name = JSON.stringify([at.time, at.id, at.host, key]);
    const known = steps.get(name);
    const union = new Set([...(known?.sources ?? []), source]);
    const { time, id, host } = at;
    steps.set(name, { time, id, host, key, sources: union, value: known?.value ?? value });
  };
  for (const [source, id] of sources.entries()) {
    for (const opening of openings.get(id) ?? []) {
      add(opening, source, (name) => opening.fields.get(name));
    }
    for (const fact of facts) {
      if (!fact.rules.includes(id)) continue;
      const fields = { Computer: fact.host, ...fact.fields };
      add({ ...fact, time: fact.at }, source, (name) => Reflect.get(fields, name));
    }
  }
  return [...steps.values()];
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}

function takesValue({ type }: Correlation): boolean {
  return type.startsWith('value_') || type === 'first_seen';
}

function valueOf(
  { type, condition }: Correlation,
  field: (name: string) => unknown,
): number | string | undefined {
  const fields = condition.kind === 'threshold' ? condition.fields : [];
  const values = fields.map((name) => field(name));
  if (values.some((value) => value === undefined || value === null)) return undefined;
  if (type === 'value_count' || type === 'first_seen') {
    return JSON.stringify(values.map((value) => String(value)));
  }
  const [value] = values;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function rising(linked: LinkedCorrelation, all: readonly Step[]): readonly Draft[] {
  const { correlation, suppress } = linked.rule;
  const isNovelty = correlation.type === 'first_seen';
  const steps = isNovelty ? novelties(all, correlation.timespanMs) : all;
  const width = isNovelty ? 1 : correlation.timespanMs;
  const lasts = Math.max(isNovelty ? 0 : width, suppress?.durationMs ?? 0);
  const moments = new Set(steps.flatMap(({ time }) => [time, time + width]));
  const drafts: Draft[] = [];
  let open: Draft | undefined;
  let falseSince: number | undefined;
  for (const now of [...moments].toSorted((a, b) => a - b)) {
    const before = steps.filter(({ time }) => time < now && time > now - width);
    const arriving = steps.filter(({ time }) => time === now);
    // First the moment itself, at which events may leave, then each event of it.
    for (let known = 0; known <= arriving.length; known++) {
      const step = known === 0 ? undefined : arriving[known - 1];
      const window = [...before, ...arriving.slice(0, known)];
      if (falseSince !== undefined && now - falseSince >= lasts)
        [open, falseSince] = [undefined, undefined];
      if (open !== undefined && step !== undefined) {
        open.steps.push(step);
        open.value = measure(linked, window);
      }
      const isTrue = window.length > 0 && holds(linked, { window, shortlyBefore: [] });
      if (open !== undefined) {
        falseSince = isTrue ? undefined : (falseSince ?? now);
      } else if (isTrue && step !== undefined) {
        const start = window[0]?.time ?? now;
        const value = measure(linked, window);
        const span = [now - width, now] as const;
        open = { start, openedAt: now, opener: step, steps: window, window: span, value };
        drafts.push(open);
      }
    }
  }
  return drafts;
}

function novelties(steps: readonly Step[], learnMs: number): readonly Step[] {
  const born = steps[0]?.time ?? 0;
  return steps.filter(
    ({ value, time }, index) =>
      time - born >= learnMs && !steps.slice(0, index).some((earlier) => earlier.value === value),
  );
}

// ---------------------------------------------------------------- conditions judged when a window
// closes

function closing(linked: LinkedCorrelation, steps: readonly Step[], id: string): readonly Draft[] {
  const { correlation, suppress } = linked.rule;
  const width = correlation.timespanMs;
  const lasts = Math.max(width, suppress?.durationMs ?? 0);
  const drafts: Draft[] = [];
  let open: Draft | undefined;
  let trueAt = 0;
  const judge = (judged: Judged, now: number, from: number, last: Step): void => {
    if (!holds(linked, judged)) {
      if (open !== undefined && now - trueAt >= lasts) open = undefined;
      return;
    }
    trueAt = now;
    const { window } = judged;
    const value = measure(linked, window);
    if (open === undefined) {
      const held = window.length > 0 ? [...window] : [last];
      const opener = { ...last, id, time: now };
      const start = held[0]?.time ?? now;
      open = { start, openedAt: now, opener, steps: held, window: [from, now], value };
      drafts.push(open);
    } else if (window.length > 0) {
      open.steps.push(...window);
      open.value = value;
    }
  };
  for (let next = 0; next < steps.length;) {
    const anchor = steps[next]?.time ?? 0;
    const window = steps.filter(({ time }) => time >= anchor && time < anchor + width);
    const shortlyBefore = steps.filter(({ time }) => time < anchor && time > anchor - width);
    const last = window.at(-1);
    if (last === undefined) throw new Error('a window holds the event that opened it');
    judge({ window, shortlyBefore }, anchor + width - 1, anchor - 1, last);
    next += window.length;
    const following = steps[next]?.time ?? Number.POSITIVE_INFINITY;
    if (following > last.time + width) {
      judge({ window: [], shortlyBefore: [] }, last.time + width, last.time, last);
      if (following > trueAt + lasts) open = undefined;
    }
  }
  return drafts;
}

function withoutWindow(linked: LinkedDetection, facts: readonly Fact[]): readonly ExpectedAlert[] {
  const { rule, alerts } = linked;
  if (!alerts) return [];
  const matches = facts.filter(({ rules }) => rules.includes(rule.id));
  const { suppress } = rule;
  const groups = Map.groupBy(matches, (fact) => {
    const by = suppress?.by ?? [];
    const key = by.map((name) =>
      textOf(Reflect.get({ Computer: fact.host, ...fact.fields }, name)),
    );
    return JSON.stringify([key, by.length === 0 || by.includes('Computer') ? fact.host : '']);
  });
  const expected: ExpectedAlert[] = [];
  for (const group of groups.values()) {
    let members: Fact[] = [];
    for (const fact of group) {
      const first = members[0];
      if (first === undefined || fact.at - first.at >= (suppress?.durationMs ?? 0)) {
        members = [fact];
        expected.push(suppressedAlert(rule.id, members));
      } else {
        members.push(fact);
        expected.splice(-1, 1, suppressedAlert(rule.id, members));
      }
    }
  }
  return expected;
}

function suppressedAlert(rule: string, members: readonly Fact[]): ExpectedAlert {
  const first = members[0];
  const last = members.at(-1);
  if (first === undefined || last === undefined) throw new Error('an alert has an event');
  return {
    rule,
    key: [],
    name: `${first.host} ${first.id}`,
    count: members.length,
    firstTime: first.at,
    lastTime: last.at,
    value: undefined,
    matched: ['selection'],
    window: undefined,
  };
}

function openingOf({ rule }: LinkedCorrelation, { openedAt, opener }: Draft): Opening {
  const { groupBy } = rule.correlation;
  const fields = new Map(groupBy.map((name, index) => [name, opener.key[index] ?? null]));
  return { time: openedAt, id: opener.id, host: opener.host, fields };
}

function alertOf({ rule, sources }: LinkedCorrelation, draft: Draft): ExpectedAlert {
  const fired = firedIn(draft.steps);
  return {
    rule: rule.id,
    key: draft.opener.key,
    name: String(draft.start),
    count: draft.steps.length,
    firstTime: draft.start,
    lastTime: draft.steps.at(-1)?.time ?? draft.start,
    value: draft.value,
    matched: sources.filter((_, source) => fired.has(source)),
    window: draft.window,
  };
}
