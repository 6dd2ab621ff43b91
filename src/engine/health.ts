import type { EventTime } from '../event/record.ts';
import type { HealthFinding } from './engine.ts';

/** Findings kept by name; the ones beyond are counted together under their kind. */
const FINDINGS_MAX = 1_000;

interface Finding {
  readonly kind: HealthFinding['kind'];
  readonly host: string | undefined;
  readonly ruleId: string | undefined;
  readonly since: EventTime;
  count: number;
}

/** Whom clocks and limits concern, bounded. */
export class Health {
  /** The time under which the latest event was judged. */
  now: EventTime = 0;
  readonly #findings: Map<string, Finding> = new Map();

  raise(kind: HealthFinding['kind'], host: string | undefined, ruleId: string | undefined): void {
    const found = this.#findings.get(JSON.stringify([kind, host, ruleId]));
    if (found !== undefined) found.count += 1;
    else if (this.#findings.size < FINDINGS_MAX)
      this.#add({ kind, host, ruleId, since: this.now, count: 1 });
    else this.#overflow(kind);
  }

  /** In the order in which they began. */
  get findings(): readonly HealthFinding[] {
    return [...this.#findings.values()].map((finding) => ({ ...finding }));
  }

  restore(findings: readonly HealthFinding[], now: EventTime): void {
    this.#findings.clear();
    this.now = now;
    for (const { kind, host, ruleId, since, count } of findings) {
      this.#add({ kind, host, ruleId, since, count });
    }
  }

  #overflow(kind: HealthFinding['kind']): void {
    const key = JSON.stringify([kind, undefined, undefined]);
    const found = this.#findings.get(key);
    if (found !== undefined) found.count += 1;
    else this.#add({ kind, host: undefined, ruleId: undefined, since: this.now, count: 1 });
  }

  #add(finding: Finding): void {
    this.#findings.set(JSON.stringify([finding.kind, finding.host, finding.ruleId]), finding);
  }
}
