import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

/** Runs the real command line in a process of its own and waits for its end. */
export async function tidegate(
  args: readonly string[],
  options: CallOptions = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, NO_COLOR: '1' },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** The lines of an NDJSON output, parsed. */
export function ndjson(output: string): readonly unknown[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

/** A Sysmon launch as NXLog writes it, one line. */
export function launch(options: {
  readonly second: number;
  readonly image: string;
  readonly commandLine?: string;
  readonly record?: number;
}): string {
  const second = String(options.second).padStart(2, '0');
  return JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Hostname: 'host-1',
    RecordNumber: options.record ?? options.second,
    UtcTime: `2026-03-03 10:00:${second}.000`,
    ProcessGuid: `{00000000-0000-0000-0000-${String(options.second).padStart(12, '0')}}`,
    ProcessId: String(1000 + options.second),
    Image: options.image,
    CommandLine: options.commandLine ?? options.image,
  });
}

export const RULE: string = `title: A Tool Starts
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b
logsource: { product: windows, category: process_creation }
detection:
  tool: { Image|endswith: '\\tool.exe' }
  condition: tool
level: medium
`;

export const BURST: string = `title: Tools in a Burst
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3aa
correlation:
  type: event_count
  rules: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b
  group-by: Computer
  timespan: 10s
  condition: { gte: 3 }
level: high
---
${RULE}`;
