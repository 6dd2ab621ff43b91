import type { TelemetryEvent } from '../event/event.ts';
import { fitsLogsource } from '../event/logsource.ts';
import type { Matcher } from '../engine/matcher.ts';
import type { LinkedDetection } from '../language/ruleset.ts';

/** What a rule's tests have seen of one selection. */
export interface SelectionCoverage {
  /** Name of the rule, else its id. */
  readonly rule: string;
  readonly selection: string;
  /** Whether some event of the log source fulfilled it. */
  readonly held: boolean;
  /** Whether some event of the log source did not. */
  readonly failed: boolean;
}

interface Watched {
  readonly detection: LinkedDetection;
  /** Selections of which one answer is still missing. */
  readonly open: Map<string, { held: boolean; failed: boolean }>;
}

/** Learns which answers each selection of some rules gives, while an engine asks its matcher. */
export class SelectionWatch {
  readonly #coverage: readonly SelectionCoverage[];
  #open: readonly Watched[];
  // The last word counts: a rule over lineage is judged again when its event's turn has come.
  #judged = new Map<TelemetryEvent, Map<Watched, ReadonlySet<string>>>();

  constructor(detections: readonly LinkedDetection[]) {
    const all: SelectionCoverage[] = [];
    this.#open = detections.map((detection) => {
      const { selections, name, id } = detection.rule;
      const open = new Map<string, { held: boolean; failed: boolean }>();
      for (const selection of selections.keys()) {
        const answers = { rule: name ?? id, selection, held: false, failed: false };
        all.push(answers);
        open.set(selection, answers);
      }
      return { detection, open };
    });
    this.#coverage = all;
  }

  get coverage(): readonly SelectionCoverage[] {
    return this.#coverage;
  }

  /** The matcher, watched. Every event is judged in full, so that none is left out. */
  watch(matcher: Matcher): Matcher {
    return {
      match: (event, stage, hit) => {
        // What depends on earlier events is computed once, so it must not be asked for before its turn.
        if (stage === 'ordered' || !matcher.waits(event.logsource)) this.#note(matcher, event);
        matcher.match(event, stage, hit);
      },
      waits: (logsource) => matcher.waits(logsource),
      hasOrdered: matcher.hasOrdered,
      mayMatch: ({ logsource }) => matcher.waits(logsource),
      needsTracked: () => false,
      matchedSelections: (detection, event) => matcher.matchedSelections(detection, event),
      computed: (detection, event) => matcher.computed(detection, event),
      field: (event, name) => matcher.field(event, name),
      problems: matcher.problems,
    };
  }

  /** Takes in what was seen of the events since the last call. */
  endCase(): void {
    for (const judged of this.#judged.values()) {
      for (const [{ open }, names] of judged) {
        for (const [name, answers] of open) {
          if (names.has(name)) answers.held = true;
          else answers.failed = true;
        }
      }
    }
    this.#judged = new Map();
    for (const { open } of this.#open) {
      for (const [name, { held, failed }] of open) if (held && failed) open.delete(name);
    }
    this.#open = this.#open.filter(({ open }) => open.size > 0);
  }

  #note(matcher: Matcher, event: TelemetryEvent): void {
    for (const watched of this.#open) {
      const { detection } = watched;
      if (!fitsLogsource(detection.rule.logsource, event.logsource)) continue;
      const judged = this.#judged.get(event) ?? new Map<Watched, ReadonlySet<string>>();
      judged.set(watched, new Set(matcher.matchedSelections(detection, event)));
      this.#judged.set(event, judged);
    }
  }
}
