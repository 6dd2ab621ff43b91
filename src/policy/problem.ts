/** What is wrong with a policy file. The same shape as a rule's problem, so both are shown together. */
export interface PolicyProblem {
  readonly severity: 'error' | 'warning';
  readonly code: PolicyProblemCode;
  readonly message: string;
  /** What the author can do about it. */
  readonly hint?: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** Why a policy file, or a part of it, is refused. */
export type PolicyProblemCode =
  | 'policy-syntax'
  | 'policy-unknown-kind'
  | 'policy-unknown-key'
  | 'policy-missing-key'
  | 'policy-wrong-type'
  | 'policy-invalid-name'
  | 'policy-duplicate'
  | 'policy-too-many'
  | 'policy-escaped-wildcard'
  | 'policy-bare-name'
  | 'policy-interpreter-alone'
  | 'policy-unknown-rule'
  | 'policy-not-applicable'
  | 'policy-expired';
