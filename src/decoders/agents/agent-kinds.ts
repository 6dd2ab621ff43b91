import type { JsonObject } from '../../base/json.ts';
import { ownValue } from '../../base/json.ts';
import type { FieldValue } from '../../event/event.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either, field, first, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape } from '../../event/shape.ts';
import { shapeOfKind } from '../event-kind.ts';

/** The sensor's name. */
export const AGENT_TELEMETRY = 'agent-telemetry';

/** What a tool was asked, as the text that the agent wrote; the fields of it stand beside. */
export const TOOL_ARGUMENTS = 'tool_arguments';

/** The agents whose telemetry is known, by their `service.name`. */
const agents: ReadonlyMap<string, string> = new Map([
  ['claude-code', 'claude_code'],
  ['codex_cli_rs', 'codex'],
  ['codex_exec', 'codex'],
  ['gemini-cli', 'gemini_cli'],
  ['copilot-chat', 'copilot_chat'],
]);

const tool = first('tool_name', 'function_name', 'gen_ai.tool.name');
const command = either(
  at('tool_parameters.full_command'),
  at('tool_input.command'),
  at('tool_parameters.bash_command'),
  at('arguments.command'),
  at('function_args.command'),
);
const path = either(
  at('tool_input.file_path'),
  at('tool_input.notebook_path'),
  at('tool_input.path'),
  at('arguments.file_path'),
  at('arguments.path'),
  at('function_args.file_path'),
  at('function_args.absolute_path'),
);
const url = either(at('tool_input.url'), at('arguments.url'), at('function_args.url'));
const mcpServer = either(
  first('server_name', 'mcp_server_name', 'mcp_server', 'mcp_server.name'),
  at('tool_parameters.mcp_server_name'),
);
const user = first('user.email', 'user.account_id', 'user.id');

const outcome = converted(first('success'), (value) => {
  const text = String(value);
  if (text === 'true') return 'success';
  return text === 'false' ? 'failure' : undefined;
});

// A list of arguments is one command line.
const commandLine: Reader = converted(command, (value) =>
  Array.isArray(value) ? (value as readonly FieldValue[]).map(String).join(' ') : value,
);

const aliases: readonly (readonly [string, Reader])[] = [
  ['CommandLine', commandLine],
  ['TargetFilename', path],
  ['c-uri', url],
  ['User', user],
  // Names of the taxonomy that public rules over agents use (product ai_agent).
  ['event_type', first('event.name')],
  ['command', commandLine],
  ['file_path', path],
  ['url', url],
  ['content', either(first('prompt'), at('tool_input.content'), at('tool_input.new_string'))],
];

const common: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant(AGENT_TELEMETRY)),
  ecs('event.outcome', outcome),
  ecs('event.sequence', integer(field('event.sequence'))),
  ecs('event.duration', converted(integer(field('duration_ms')), toNanoseconds)),
  ecs('host.os.type', converted(first('os.type'), osType)),
  ecs('host.os.version', first('os.version')),
  ecs('host.architecture', first('host.arch')),
  ecs('service.name', first('service.name')),
  ecs('service.version', first('service.version', 'app.version')),
  ecs('organization.id', first('organization.id')),
  ecs('user.email', first('user.email')),
  ecs('user.id', first('user.account_uuid', 'user.account_id', 'user.id')),
  ecs('process.ai_agent.name', (data) => agentOf(data)),
  ecs('gen_ai.conversation.id', first('session.id', 'conversation.id', 'gen_ai.conversation.id')),
  ecs('gen_ai.tool.name', tool),
  ecs('gen_ai.tool.call.id', first('tool_use_id', 'call_id', 'gen_ai.tool.call.id')),
];

const toolFields: readonly EcsField[] = [
  ecs('gen_ai.tool.call.arguments', field(TOOL_ARGUMENTS)),
  ecs('process.command_line', commandLine),
  ...ecsFile(path),
  ecs('url.full', url),
];

function toNanoseconds(ms: FieldValue): FieldValue | undefined {
  return typeof ms === 'number' ? ms * 1_000_000 : undefined;
}

function osType(value: FieldValue): FieldValue | undefined {
  const text = textOf(value)?.toLowerCase();
  return text === 'darwin' ? 'macos' : text;
}

function agentOf(data: JsonObject): string | undefined {
  const service = ownValue(data, 'service.name');
  return typeof service === 'string' ? agents.get(service) : undefined;
}

interface Row {
  readonly category?: 'agent_events' | 'mcp_events';
  readonly kind: readonly [category: string, type: string, action: string];
  readonly fields?: readonly EcsField[];
}

function shape({ category, kind, fields }: Row): EventShape {
  return shapeOfKind({
    sensor: AGENT_TELEMETRY,
    product: 'ai_agent',
    categories: [category ?? 'agent_events'],
    aliases,
    fields: [...ecsKind(...kind), ...common, ...(fields ?? [])],
    dataPath: 'ai_agent',
  });
}

// What an agent says that it did. It is a claim: no event of this sensor counts as the launch, the read or the
// connection itself, which another sensor may tell of too.
function toolShape(category: string, type: string, action: string): EventShape {
  return shape({ kind: [category, type, action], fields: toolFields });
}

const byTool: ReadonlyMap<string, EventShape> = new Map(
  (
    [
      [
        ['Bash', 'BashOutput', 'shell', 'exec_command', 'run_shell_command'],
        ['process', 'start'],
      ],
      [
        ['Read', 'read_file', 'NotebookRead'],
        ['file', 'open'],
      ],
      [
        ['Glob', 'Grep', 'LS', 'search_file_content', 'list_directory'],
        ['file', 'search'],
      ],
      [
        ['Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'apply_patch', 'write_file', 'replace'],
        ['file', 'write'],
      ],
      [
        ['WebFetch', 'WebSearch', 'web_fetch', 'google_web_search'],
        ['network', 'fetch'],
      ],
    ] as const
  ).flatMap(([names, [category, action]]) => {
    const made = toolShape(category, action === 'start' ? 'start' : 'access', action);
    return names.map((name) => [name, made] as const);
  }),
);

const otherTool = toolShape('api', 'info', 'tool-call');
const mcpTool = shape({
  category: 'mcp_events',
  kind: ['api', 'info', 'mcp-call'],
  fields: [...toolFields, ecs('mcp.server.name', mcpServer)],
});

const decision = shape({
  kind: ['api', 'info', 'tool-decision'],
  fields: [
    ...toolFields,
    ecs('ai_agent_decision.value', first('decision')),
    ecs('ai_agent_decision.source', first('source')),
  ],
});

// By the event's name without the agent's prefix.
const byEvent: ReadonlyMap<string, EventShape> = new Map([
  ['tool_decision', decision],
  [
    'user_prompt',
    shape({
      kind: ['api', 'info', 'user-prompt'],
      fields: [ecs('gen_ai.input.messages', first('prompt'))],
    }),
  ],
  [
    'mcp_server_connection',
    shape({
      category: 'mcp_events',
      kind: ['network', 'connection', 'mcp-server-connection'],
      fields: [
        ecs('mcp.server.name', mcpServer),
        ecs('mcp.transport', first('transport_type')),
        ecs('error.code', first('error_code')),
      ],
    }),
  ],
  [
    'permission_mode_changed',
    shape({ kind: ['configuration', 'change', 'permission-mode-changed'] }),
  ],
  ['approval_mode_switch', shape({ kind: ['configuration', 'change', 'permission-mode-changed'] })],
  ['plugin_installed', pluginShape('installation', 'plugin-installed')],
  ['plugin_loaded', pluginShape('info', 'plugin-loaded')],
  ['extension_install', pluginShape('installation', 'plugin-installed')],
  [
    'skill_activated',
    shape({
      kind: ['package', 'info', 'skill-activated'],
      fields: [ecs('package.name', first('skill.name'))],
    }),
  ],
  ['hook_registered', shape({ kind: ['configuration', 'change', 'hook-registered'] })],
  ['hook_execution_complete', shape({ kind: ['process', 'info', 'hook-execution-complete'] })],
  ['auth', shape({ kind: ['authentication', 'info', 'auth'] })],
  ['api_request', shape({ kind: ['api', 'info', 'api-request'] })],
  ['api_error', shape({ kind: ['api', 'error', 'api-error'] })],
]);

function pluginShape(type: string, action: string): EventShape {
  return shape({
    kind: ['package', type, action],
    fields: [
      ecs('package.name', first('plugin.name', 'extension_name')),
      ecs('package.version', first('plugin.version', 'extension_version')),
    ],
  });
}

const otherEvent = shape({ kind: ['api', 'info', 'agent-event'] });
const foreign = shapeOfKind({
  sensor: AGENT_TELEMETRY,
  fields: [...ecsKind('host', 'info', 'log'), ...common],
  dataPath: 'otlp',
});

const TOOL_EVENTS: ReadonlySet<string> = new Set(['tool_result', 'tool_call', 'tool.call']);
const MCP_PREFIX = 'mcp__';

/** The shape of an event of this name (without the agent's prefix). */
export function agentShape(name: string, data: JsonObject): EventShape {
  if (agentOf(data) === undefined) return foreign;
  if (!TOOL_EVENTS.has(name)) return byEvent.get(name) ?? otherEvent;
  const called = textOf(tool(data)) ?? '';
  if (called.startsWith(MCP_PREFIX) || mcpServer(data) !== undefined) return mcpTool;
  return byTool.get(called) ?? otherTool;
}
