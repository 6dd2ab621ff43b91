import type { HealthFinding } from './engine.ts';

/** Findings kept by name; the ones beyond are counted together under their kind. */
const FINDINGS_MAX = 1_000;

interface Finding {
  readonly kind: HealthFinding['kind'];
  readonly host: string | undefined;
  readonly ruleId: string | undefined;
  count: number;
}

/** Whom clocks and limits concern, bounded. */
export class Health {
  readonly #findings: Map<string, Finding> = new Map();

  raise(kind: HealthFinding['kind'], host: string | undefined, ruleId: string | undefined): void {
    const found = this.#findings.get(JSON.stringify([kind, host, ruleId]));
    if (found !== undefined) found.count += 1;
    else if (this.#findings.size < FINDINGS_MAX) this.#add({ kind, host, ruleId, count: 1 });
    else this.#overflow(kind);
  }

  get findings(): readonly HealthFinding[] {
    return [...this.#findings.values()].map((finding) => ({ ...finding }));
  }

  snapshot(): readonly HealthFinding[] {
    return this.findings;
  }

  restore(findings: readonly HealthFinding[]): void {
    this.#findings.clear();
    for (const { kind, host, ruleId, count } of findings) this.#add({ kind, host, ruleId, count });
  }

  #overflow(kind: HealthFinding['kind']): void {
    const key = JSON.stringify([kind, undefined, undefined]);
    const found = this.#findings.get(key);
    if (found !== undefined) found.count += 1;
    else this.#add({ kind, host: undefined, ruleId: undefined, count: 1 });
  }

  #add(finding: Finding): void {
    this.#findings.set(JSON.stringify([finding.kind, finding.host, finding.ruleId]), finding);
  }
}
