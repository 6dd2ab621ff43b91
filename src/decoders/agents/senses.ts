import { blind, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

const CLAIM = blind('what an agent says that it did is a claim, and is not counted as the act');

/** What AI agents tell of themselves. */
export const agentTelemetrySensor: Sensor = {
  name: 'agent-telemetry',
  title: "AI agents' own telemetry",
  serves: { products: ['ai_agent'], categories: ['agent_events', 'mcp_events'], services: [] },
  senses: {
    process_start: CLAIM,
    parent: blind('agents do not tell their process'),
    file_read: CLAIM,
    file_write: CLAIM,
    hash: blind('agents compute none'),
    fqdn: CLAIM,
    bytes_out: blind('tokens and sizes of results, not what left'),
    payload: partial(
      'commands, paths and addresses with OTEL_LOG_TOOL_DETAILS=1; else names of tools',
    ),
    dns: blind('agents do not tell of lookups'),
    clipboard: blind('agents do not tell of it'),
    signer: blind('agents do not tell their process'),
  },
};
