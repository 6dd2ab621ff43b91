import type {
  AlertFilter,
  AlertGroup,
  AlertInFull,
  AlertPage,
  AlertRow,
  AlertSummary,
  Related,
  TriageChange,
} from '../api/shapes.ts';
import type { AgentFacts, EntityFacts, RuleHits } from '../api/entity-shapes.ts';
import type { GroupField, ListQuery } from './alert-index.ts';
import { agentFacts, entityFacts, ruleHits } from './entities.ts';
import type { AlertPlace } from './place.ts';
import type { Asker } from './query.ts';
import { relatedTo } from './related.ts';
import { summaryOf } from './summary.ts';
import type { TriageOutcome } from './triage.ts';

/** What the store answers; each is asked of the thread in which it lies. */
export interface Questions {
  list(query: ListQuery, asker: Asker): AlertPage;
  summary(filter: AlertFilter, asker: Asker): AlertSummary;
  groups(filter: AlertFilter, by: GroupField, asker: Asker): readonly AlertGroup[];
  ids(filter: AlertFilter, asker: Asker, limit: number): readonly string[];
  row(id: string): AlertRow | undefined;
  alert(id: string): Promise<AlertInFull | undefined>;
  related(id: string): Related | undefined;
  change(id: string, change: TriageChange, by: Deed): Promise<TriageOutcome | undefined>;
  agents(): readonly AgentFacts[];
  entity(kind: 'agent' | 'host' | 'user', name: string): EntityFacts;
  hits(): readonly RuleHits[];
}

export interface Deed {
  readonly person: string;
  readonly at: number;
}

/** Answers from one place. Whatever depends on the triage of others is asked anew each time. */
export function answers(place: AlertPlace): Questions {
  const { index } = place;
  const summaries = new Recent<AlertSummary>();
  return {
    list: (query, asker) => index.list(query, asker),
    summary: (filter, asker) =>
      summaries.get(JSON.stringify([filter, asker, index.place(), place.triagePlace()]), () =>
        summaryOf(index, filter, asker),
      ),
    groups: (filter, by, asker) => index.groups(filter, by, asker),
    ids: (filter, asker, limit) => index.ids(filter, asker, limit),
    row: (id) => index.row(id),
    alert: async (id) => {
      const row = index.row(id);
      const whole = row === undefined ? undefined : await place.document(id);
      if (row === undefined || whole === undefined) return undefined;
      return { ...row, ...whole, ...index.neighbours(row), log: await place.log(id) };
    },
    related: (id) => relatedTo(index, id),
    change: async (id, change, { person, at }) => {
      const row = index.row(id);
      if (row === undefined) return undefined;
      return place.change({ id, change, person, at, count: row.count });
    },
    agents: () => agentFacts(index),
    entity: (kind, name) => entityFacts(index, kind, name),
    hits: () => ruleHits(index),
  };
}

const RECENT_MAX = 32;

/** The last few answers, by what they depend on. */
class Recent<Answer> {
  readonly #answers = new Map<string, Answer>();

  get(key: string, make: () => Answer): Answer {
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = make();
      const [oldest] = this.#answers.keys();
      if (this.#answers.size >= RECENT_MAX && oldest !== undefined) this.#answers.delete(oldest);
      this.#answers.set(key, answer);
    }
    return answer;
  }
}
