import type { Process } from '../../src/simulation/action.ts';

/** The agent whose tree a process stands in, from the story itself. */
export function agentAbove(process: Process): string | undefined {
  for (let at: Process | undefined = process; at !== undefined; at = at.parent) {
    const agent = agentOf(at);
    if (agent !== undefined) return agent;
  }
  return undefined;
}

/** How many processes stand between a process and the nearest agent above it. */
export function depthBelowAgent(process: Process): number | undefined {
  let depth = 0;
  for (let at: Process | undefined = process; at !== undefined; at = at.parent) {
    if (agentOf(at) !== undefined) return depth;
    depth += 1;
  }
  return undefined;
}

function agentOf(process: Process): string | undefined {
  const { path } = process.program;
  if (path.includes('\\AnthropicClaude\\')) return 'claude_desktop';
  return /[/\\]claude[/\\]versions[/\\]/.test(path) ? 'claude_code' : undefined;
}
