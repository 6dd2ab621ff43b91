import type { AlertRow, Related } from '../api/shapes.ts';
import type { AlertIndex } from './alert-index.ts';

const SHOWN_MAX = 5;
const NOBODY = { person: '' };

/** Alerts of the same lineage, host and user, the newest first, each alert once. */
export function relatedTo(index: AlertIndex, id: string): Related | undefined {
  const row = index.row(id);
  if (row === undefined) return undefined;
  const told = new Set([id]);
  const of = (field: 'lineage' | 'host' | 'user', value: string | null): readonly AlertRow[] => {
    if (value === null || value === '') return [];
    const filter = { include: { [field]: [value] }, exclude: {} };
    const query = { filter, sort: 'last', isDescending: true, limit: SHOWN_MAX * 3 } as const;
    const found = index.list(query, NOBODY).alerts.filter((other) => !told.has(other.id));
    for (const { id: other } of found.slice(0, SHOWN_MAX)) told.add(other);
    return found.slice(0, SHOWN_MAX);
  };
  const [precedent = {}] = index.all(
    `SELECT count(*) AS alerts,
       coalesce(sum(t.state = 'closed' AND t.reason IN ('expected', 'false_positive')), 0) AS noise
     FROM entry e LEFT JOIN triage t ON t.id = e.id
     WHERE e.rule_id = ? AND e.host = ? AND e.first < ? AND e.id <> ?`,
    [row.ruleId, row.host, row.first, id],
  );
  return {
    before: Number(precedent['alerts']),
    beforeAsNoise: Number(precedent['noise']),
    lineage: of('lineage', row.lineage),
    host: of('host', row.host),
    user: of('user', row.user),
  };
}
