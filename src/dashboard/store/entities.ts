import { levels, type Level } from '../../alert/level.ts';
import type { AgentFacts, EntityFacts, RiskPart, RuleHits, Seen } from '../api/entity-shapes.ts';
import type { AlertIndex } from './alert-index.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;
/** What is a week old counts half. */
const HALF_LIFE_DAYS = 7;
/** Points of one alert, by level from informational to critical. */
const POINTS: readonly number[] = [0, 2, 8, 25, 60];
const RISK_MAX = 100;
const SEEN_MAX = 100;
const PARTS_MAX = 12;

const CLOSED_AS_NOISE = "t.state = 'closed' AND t.reason IN ('false_positive', 'expected')";

/** Every watched agent that an alert names, the riskiest first. */
export function agentFacts(index: AlertIndex): readonly AgentFacts[] {
  const newest = newestOf(index);
  const risks = riskLines(index, 'agent', newest);
  const fresh = new Map(
    index
      .all(
        `SELECT agent, count(*) AS destinations FROM (
           SELECT agent, destination FROM entry
           WHERE agent IS NOT NULL AND destination IS NOT NULL
           GROUP BY 1, 2 HAVING min(first) >= ?) GROUP BY 1`,
        [newest - 7 * DAY_MS],
      )
      .map((row) => [String(row['agent']), Number(row['destinations'])]),
  );
  return index
    .all(
      `SELECT e.agent, count(DISTINCT e.host) AS hosts, count(DISTINCT e.user) AS users,
         count(*) AS alerts, sum(coalesce(t.state, 'open') = 'open') AS open,
         min(e.first) AS first, max(e.last) AS last, max(e.level) AS level
       FROM entry e LEFT JOIN triage t ON t.id = e.id WHERE e.agent IS NOT NULL GROUP BY 1`,
      [],
    )
    .map((row) => {
      const agent = String(row['agent']);
      const riskByDay = risks.get(agent) ?? [];
      return {
        agent,
        hosts: Number(row['hosts']),
        users: Number(row['users']),
        alerts: Number(row['alerts']),
        open: Number(row['open']),
        first: Number(row['first']),
        last: Number(row['last']),
        newDestinations: fresh.get(agent) ?? 0,
        risk: riskByDay.at(-1) ?? 0,
        riskByDay,
        level: levels[Number(row['level'])] ?? 'informational',
      };
    })
    .toSorted((a, b) => b.risk - a.risk || b.alerts - a.alerts);
}

/** One agent, host or user with what it was seen with. */
export function entityFacts(
  index: AlertIndex,
  kind: EntityFacts['kind'],
  name: string,
): EntityFacts {
  const newest = newestOf(index);
  const seen = (column: string): readonly Seen[] =>
    index
      .all(
        `SELECT ${column} AS value, count(*) AS alerts, min(first) AS first, max(last) AS last
         FROM entry WHERE ${kind} = ? AND ${column} IS NOT NULL
         GROUP BY 1 ORDER BY first DESC LIMIT ${SEEN_MAX}`,
        [name],
      )
      .map((row) => ({
        value: String(row['value']),
        alerts: Number(row['alerts']),
        first: Number(row['first']),
        last: Number(row['last']),
      }));
  const [totals = {}] = index.all(`SELECT count(*) AS alerts FROM entry WHERE ${kind} = ?`, [name]);
  const riskByDay = riskLines(index, kind, newest, name).get(name) ?? [];
  return {
    kind,
    name,
    alerts: Number(totals['alerts']),
    risk: riskByDay.at(-1) ?? 0,
    riskByDay,
    parts: partsOf(index, kind, name, newest),
    agents: seen('agent'),
    hosts: seen('host'),
    users: seen('user'),
    destinations: seen('destination'),
    lineages: seen('lineage'),
  };
}

function newestOf(index: AlertIndex): number {
  const [row = {}] = index.all('SELECT max(last) AS newest FROM entry', []);
  return Number(row['newest'] ?? 0);
}

/** Points that an alert still has after so many days. What was closed as noise has none. */
function pointsOf(level: number, ageDays: number): number {
  return (POINTS[level] ?? 0) * 2 ** (-ageDays / HALF_LIFE_DAYS);
}

/** Risk of each value on each of the last days, from the points of its alerts up to then. */
function riskLines(
  index: AlertIndex,
  column: EntityFacts['kind'],
  newest: number,
  only?: string,
): ReadonlyMap<string, readonly number[]> {
  const day = Math.floor(newest / DAY_MS);
  const rows = index.all(
    `SELECT e.${column} AS value, e.last / ${DAY_MS} AS day, e.level AS level, count(*) AS alerts
     FROM entry e LEFT JOIN triage t ON t.id = e.id
     WHERE e.${column} IS NOT NULL AND e.last > ? AND NOT coalesce(${CLOSED_AS_NOISE}, FALSE)
       ${only === undefined ? '' : `AND e.${column} = ?`}
     GROUP BY 1, 2, 3`,
    [newest - 2 * DAYS * DAY_MS, ...(only === undefined ? [] : [only])],
  );
  const lines = new Map<string, number[]>();
  for (const row of rows) {
    const value = String(row['value']);
    let line = lines.get(value);
    if (line === undefined) lines.set(value, (line = Array.from({ length: DAYS }, () => 0)));
    for (let place = 0; place < DAYS; place++) {
      const age = day - (DAYS - 1 - place) - Number(row['day']);
      if (age < 0) continue;
      line[place] =
        (line[place] ?? 0) + pointsOf(Number(row['level']), age) * Number(row['alerts']);
    }
  }
  const rounded = [...lines].map(([value, line]): [string, readonly number[]] => [
    value,
    line.map((points) => Math.round(Math.min(points, RISK_MAX))),
  ]);
  return new Map(rounded);
}

function partsOf(
  index: AlertIndex,
  kind: EntityFacts['kind'],
  name: string,
  newest: number,
): readonly RiskPart[] {
  return index
    .all(
      `SELECT e.id, e.sentence, e.level, e.last FROM entry e LEFT JOIN triage t ON t.id = e.id
       WHERE e.${kind} = ? AND NOT coalesce(${CLOSED_AS_NOISE}, FALSE)
       ORDER BY e.last DESC LIMIT 500`,
      [name],
    )
    .map((row): RiskPart => {
      const level = Number(row['level']);
      const last = Number(row['last']);
      const age = Math.floor(newest / DAY_MS) - Math.floor(last / DAY_MS);
      return {
        id: String(row['id']),
        sentence: String(row['sentence']),
        level: (levels[level] satisfies Level | undefined) ?? 'informational',
        last,
        points: Math.round(pointsOf(level, age) * 10) / 10,
      };
    })
    .toSorted((a, b) => b.points - a.points)
    .slice(0, PARTS_MAX);
}

/** What each rule has found, and how much of it was noise. */
export function ruleHits(index: AlertIndex): readonly RuleHits[] {
  return index
    .all(
      `SELECT e.rule_id, max(e.rule) AS rule, count(*) AS alerts, sum(e.count) AS events,
         count(DISTINCT e.host) AS hosts, min(e.first) AS first, max(e.last) AS last,
         coalesce(sum(t.state = 'closed'), 0) AS closed,
         coalesce(sum(${CLOSED_AS_NOISE}), 0) AS noise
       FROM entry e LEFT JOIN triage t ON t.id = e.id GROUP BY 1 ORDER BY alerts DESC`,
      [],
    )
    .map((row) => {
      const alerts = Number(row['alerts']);
      const hosts = Number(row['hosts']);
      const days = Math.max(1, (Number(row['last']) - Number(row['first'])) / DAY_MS);
      return {
        ruleId: String(row['rule_id']),
        rule: String(row['rule']),
        alerts,
        events: Number(row['events']),
        hosts,
        last: Number(row['last']),
        closed: Number(row['closed']),
        noise: Number(row['noise']),
        perHostDay: Math.round((alerts / Math.max(1, hosts) / days) * 100) / 100,
      };
    });
}
