import type { EventTime } from '../event/record.ts';

/** A program as it lies on disk. */
export interface Program {
  /** Full path of the image. */
  readonly path: string;
  readonly description: string;
  readonly product: string;
  readonly company: string;
  readonly version: string;
  /** The name in its resources, which stays when the file is renamed. */
  readonly originalName: string;
  /** Libraries that a sensor reports when it starts. */
  readonly libraries?: readonly string[];
}

/** Who a process runs as. */
export interface Account {
  readonly domain: string;
  readonly name: string;
  /** Security identifier on Windows, numeric user id on Linux. */
  readonly id: string;
  /** Logon session on Windows (hexadecimal), login user id on Linux. */
  readonly logon: string;
  /** Terminal session on Windows. */
  readonly session: number;
  readonly integrity: 'Low' | 'Medium' | 'High' | 'System';
}

/** An endpoint of a story. */
export interface Host {
  readonly name: string;
  readonly system: 'windows' | 'linux';
  readonly address: string;
  /** Eight hexadecimal digits that are its own in process identities. */
  readonly machine: string;
  /** True if the operating system's audit policy reports reads of this file. */
  audits(path: string): boolean;
}

/** One run of a program. What it is called by (pid, GUID) is decided by its host, not by the story. */
export interface Process {
  readonly host: Host;
  readonly program: Program;
  readonly commandLine: string;
  readonly directory: string;
  readonly account: Account;
  readonly parent: Process | undefined;
  readonly start: EventTime;
}

/** What a process did, in no sensor's words. */
export type Deed =
  | { readonly kind: 'launch' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'delete'; readonly path: string; readonly executable: boolean }
  | {
      readonly kind: 'connect';
      readonly address: string;
      readonly port: number;
      readonly protocol: 'tcp' | 'udp';
      readonly localPort: number;
    }
  | {
      readonly kind: 'resolve';
      readonly name: string;
      /** Names that the answer passes through. */
      readonly aliases: readonly string[];
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'copy'; readonly digest: string }
  | { readonly kind: 'load'; readonly library: string }
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | { readonly kind: 'open'; readonly target: Process; readonly mask: number };

/** A deed at a moment. */
export interface Action {
  readonly time: EventTime;
  readonly process: Process;
  readonly deed: Deed;
}
