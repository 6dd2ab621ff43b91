import type { EventTime } from '../event/record.ts';

/** The operating systems that stories play on. */
export const systems = ['windows', 'linux', 'macos'] as const;
export type System = (typeof systems)[number];

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
  /** Who signed it: the subject of the certificate; on macOS also the identifiers. Absent: not signed. */
  readonly signer?: string;
  readonly signingId?: string;
  readonly teamId?: string;
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
  readonly system: System;
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

/** What a process did, in no sensor's words. A kind is one member; what encoders do not know, they skip. */
export type Deed =
  | { readonly kind: 'launch' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'read'; readonly path: string }
  /** A new file with its content. */
  | { readonly kind: 'create'; readonly path: string }
  /** A file that was there gets other content. */
  | { readonly kind: 'write'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'delete'; readonly path: string; readonly executable: boolean }
  | Connection
  | {
      readonly kind: 'resolve';
      readonly name: string;
      /** Names that the answer passes through. */
      readonly aliases: readonly string[];
      readonly addresses: readonly string[];
    }
  | Request
  /** Text is put on the clipboard; the digest stands for it. */
  | { readonly kind: 'copy'; readonly digest: string }
  /** The clipboard is read. */
  | { readonly kind: 'paste' }
  | { readonly kind: 'load'; readonly library: string }
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | { readonly kind: 'open'; readonly target: Process; readonly mask: number }
  /** A port is opened for others to connect to. */
  | { readonly kind: 'listen'; readonly address: string; readonly port: number }
  /** Somebody else connects to a port of this process. */
  | {
      readonly kind: 'accept';
      readonly address: string;
      readonly port: number;
      readonly localPort: number;
    }
  | {
      readonly kind: 'print';
      readonly document: string;
      readonly printer: string;
      readonly pages: number;
      readonly bytes: number;
    }
  /** A drive is plugged in; `path` is where its files appear. */
  | { readonly kind: 'mount'; readonly path: string; readonly label: string }
  | ToolCall
  | TokenDecision;

/** A connection that a process opens. */
export interface Connection {
  readonly kind: 'connect';
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly localPort: number;
  /** The name that the process asked for, which some sensors keep with the connection. */
  readonly name?: string;
}

/** What went over a connection, told when it ends: one request over HTTP, most often inside TLS. */
export interface Request {
  readonly kind: 'request';
  readonly method: string;
  readonly url: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly localPort: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly durationMs: number;
  readonly userAgent: string;
  /** Of what was sent. */
  readonly contentType?: string;
  readonly fileName?: string;
}

/** An agent calls a tool, as it tells of it itself. */
export interface ToolCall {
  readonly kind: 'tool';
  readonly tool: string;
  /** What the tool was given, by parameter. */
  readonly input: Readonly<Record<string, string>>;
  /** Who let it: `config` stands for rules and modes, the rest for a person at this moment or before. */
  readonly decision: 'config' | 'user_temporary' | 'user_permanent' | 'user_reject';
  readonly session: string;
  /** The server of the tool, for a tool that is not the agent's own. */
  readonly server?: string;
}

/** A broker or a vault decides about an agent's token for a service. */
export interface TokenDecision {
  readonly kind: 'token';
  readonly decision: 'grant' | 'use' | 'refusal';
  readonly token: string;
  readonly audience: string;
  readonly validMs: number;
  /** The machine that asks, where it is not the one of the process. */
  readonly device?: string;
}

/** A deed at a moment. */
export interface Action {
  readonly time: EventTime;
  readonly process: Process;
  readonly deed: Deed;
}
