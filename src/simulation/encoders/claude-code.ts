import type { EventTime } from '../../event/record.ts';
import type { Action, Process, ToolCall } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { createRandom } from '../prng.ts';
import type { Encoder, Observation } from './encoder.ts';
import { isoTime } from './time-text.ts';

/**
 * What Claude Code tells of its tools over OTLP, with OTEL_LOG_TOOL_DETAILS=1 and host.name among its resource
 * attributes: the decision about each call and, unless it was refused, the result.
 */
export const claudeCodeTelemetry: Encoder = {
  name: 'claude-code',
  sensor: 'agent-telemetry',
  description: "Claude Code's own events (OTLP logs as JSON): tool_decision and tool_result",
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 1,
  shipping: { everyMs: 5_000, delayMsMax: 300, redelivered: 0 },
  observe,
};

type Attribute = readonly [name: string, value: string];

function observe(action: Action, _processes: ProcessTable): readonly Observation[] {
  const { deed, process, time } = action;
  if (deed.kind !== 'tool') return [];
  const use = createRandom(`tool/${process.host.name}/${String(time)}`).hex(24);
  const isRefused = deed.decision === 'user_reject';
  const common: readonly Attribute[] = [
    ['tool_name', deed.tool],
    ['tool_use_id', `toolu_${use}`],
    ['tool_parameters', JSON.stringify(parametersOf(deed))],
  ];
  const decision: readonly Attribute[] = [
    ...common,
    ['decision', isRefused ? 'reject' : 'accept'],
    ['source', deed.decision],
  ];
  const result: readonly Attribute[] = [
    ...common,
    ['success', 'true'],
    ['duration_ms', '212'],
    ['decision_type', 'accept'],
    ['decision_source', deed.decision],
    ['tool_input', JSON.stringify(deed.input)],
    ['tool_input_size_bytes', String(JSON.stringify(deed.input).length)],
  ];
  const told = [event('tool_decision', time, process, deed, decision)];
  if (!isRefused) told.push(event('tool_result', time + 220, process, deed, result));
  return told;
}

function parametersOf({ tool, input, server }: ToolCall): Readonly<Record<string, string>> {
  const command = input['command'];
  if (tool === 'Bash' && command !== undefined) {
    return { bash_command: command.split(' ')[0] ?? '', full_command: command };
  }
  if (server !== undefined) return { mcp_server_name: server, mcp_tool_name: tool };
  return {};
}

const systemNames = { windows: 'windows', linux: 'linux', macos: 'darwin' } as const;

function event(
  name: string,
  time: EventTime,
  process: Process,
  { session }: ToolCall,
  attributes: readonly Attribute[],
): Observation {
  const { host, account } = process;
  return {
    logged: time,
    record: (sequence, arrival) =>
      JSON.stringify({
        resourceLogs: [
          {
            resource: {
              attributes: attributesOf([
                ['service.name', 'claude-code'],
                ['service.version', '2.1.0'],
                ['os.type', systemNames[host.system]],
                ['host.arch', 'arm64'],
                ['host.name', host.name],
              ]),
            },
            scopeLogs: [
              {
                scope: { name: 'com.anthropic.claude_code.events', version: '2.1.0' },
                logRecords: [
                  {
                    timeUnixNano: `${String(time)}000000`,
                    observedTimeUnixNano: `${String(arrival)}000000`,
                    body: { stringValue: `claude_code.${name}` },
                    attributes: [
                      ...attributesOf([
                        ['event.name', name],
                        ['event.timestamp', isoTime(time)],
                      ]),
                      { key: 'event.sequence', value: { intValue: String(sequence) } },
                      ...attributesOf([
                        ['session.id', uuid(session)],
                        ['user.id', session.slice(0, 16)],
                        ['user.email', `${account.name}@corp.example`],
                        ['organization.id', '9f00c2d1'],
                        ['terminal.type', 'vscode'],
                        ...attributes,
                      ]),
                    ],
                  },
                ],
              },
            ],
          },
        ],
      }),
  };
}

function attributesOf(attributes: readonly Attribute[]): readonly object[] {
  return attributes.map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function uuid(text: string): string {
  const hex = text.padEnd(32, '0');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}
