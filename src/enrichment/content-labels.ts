import { hasRightChecksum } from '../base/secret-checksums.ts';
import { findSecrets } from '../base/secrets.ts';
import type { Policy } from '../policy/policy.ts';
import { compileWildcard } from '../policy/wildcard.ts';
import type { Wildcard } from '../policy/wildcard.ts';
import { personalNumbers } from './national-ids.ts';
import { perPolicy } from './per-policy.ts';

/**
 * What makes a text sensitive. `secret`: a long-lived key by its shape, with its checksum where it has one;
 * `access_token`: one that expires; `password`: by the name it is assigned to.
 */
export type ContentLabel =
  | 'secret'
  | 'access_token'
  | 'password'
  | 'private_key'
  | 'card_number'
  | 'national_id'
  | 'account_number'
  | 'classification'
  | 'own';

/** What was found in a text. */
export interface Labelled {
  readonly labels: readonly ContentLabel[];
  /** Finer: `github_token`, `iban`, ... */
  readonly kinds: readonly string[];
  /** How many findings, up to a limit. */
  readonly count: number;
}

const TEXT_READ_MAX = 65_536;
const FOUND_MAX = 64;

const BY_KIND: ReadonlyMap<string, ContentLabel> = new Map([
  ['private_key', 'private_key'],
  ['card_number', 'card_number'],
  ['jwt', 'access_token'],
  ['bearer_token', 'access_token'],
  ['authorization', 'access_token'],
  ['token', 'access_token'],
  ['signature', 'access_token'],
  ['password', 'password'],
  ['secret', 'password'],
  ['api_key', 'password'],
  ['hash', 'password'],
  ['iban', 'account_number'],
]);

// An encoded payload is no label: its own measures tell of it.
const NO_LABEL: ReadonlySet<string> = new Set(['base64']);

/** Finds what is sensitive in texts and names, with an organisation's own marks. */
export class ContentLabels {
  readonly #marks: readonly (readonly [ContentLabel, readonly Wildcard[]])[];

  constructor(policy: Policy) {
    const compiled = (name: string): readonly Wildcard[] =>
      (policy.list(name) ?? []).map((value) => compileWildcard(`*${value}*`));
    this.#marks = [
      ['classification', compiled('classification_marks')],
      ['own', compiled('sensitive_texts')],
    ];
  }

  /** Of content. Only the head of a long text is read. */
  find(whole: string): Labelled {
    const text = whole.slice(0, TEXT_READ_MAX);
    const labels = new Set<ContentLabel>();
    const kinds = new Set<string>();
    let count = 0;
    const add = (label: ContentLabel, kind: string): void => {
      labels.add(label);
      kinds.add(kind);
      count += 1;
    };
    for (const { kind, from, to } of findSecrets(text)) {
      if (count >= FOUND_MAX) break;
      const secret = text.slice(from, to);
      if (NO_LABEL.has(kind) || hasRightChecksum(secret) === false) continue;
      // What is assigned to a name can be known by its shape as well, which says more.
      const shape = BY_KIND.has(kind) ? findSecrets(secret)[0]?.kind : undefined;
      const known = shape !== undefined && !BY_KIND.has(shape) && !NO_LABEL.has(shape);
      add(known ? 'secret' : (BY_KIND.get(kind) ?? 'secret'), known ? shape : kind);
    }
    for (const { kind } of personalNumbers(text, FOUND_MAX)) {
      add(BY_KIND.get(kind) ?? 'national_id', kind);
    }
    for (const label of this.marksOf(text)) add(label, label);
    return { labels: [...labels], kinds: [...kinds], count };
  }

  /** Of a name or a path: marks alone, since names hold no keys. */
  marksOf(text: string): readonly ContentLabel[] {
    const folded = text.toLowerCase();
    return this.#marks
      .filter(([, patterns]) => patterns.some((pattern) => pattern.fits(folded)))
      .map(([label]) => label);
  }
}

/** The finder of a policy, which all derivations share. */
export const contentLabelsOf: (policy: Policy) => ContentLabels = perPolicy((policy) => {
  return new ContentLabels(policy);
});
