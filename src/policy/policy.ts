/** What tells an agent from other programs. */
export interface ProcessTraits {
  readonly executable?: string | undefined;
  readonly signer?: string | undefined;
  readonly commandLine?: string | undefined;
}

/** What this organisation watches and allows, read from its files; data only. */
export interface Policy {
  /** The watched agent that this process is, by image path, signer and command line; never by a bare name. */
  agent(process: ProcessTraits): string | undefined;
  /**
   * True for programs that act for the agent that started them, and are one of their own only where none did: tool
   * servers, frameworks, local models. Undefined: there are none.
   */
  actsForStarter?(agent: string): boolean;
  /**
   * The values of a placeholder, wildcards allowed in Sigma's notation. Undefined: no such list, which disables
   * the rules that ask for it. Empty: a list that matches nothing.
   */
  list(placeholder: string): readonly string[] | undefined;
}
