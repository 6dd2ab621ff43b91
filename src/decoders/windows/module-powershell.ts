import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { names, put, putAll, userIn } from './module-restoring.ts';
import type { Restoring } from './module-restoring.ts';

const ofScripts = names({
  ScriptBlockText: 'powershell.file.script_block_text',
  ScriptBlockId: 'powershell.file.script_block_id',
  MessageNumber: 'powershell.sequence',
  MessageTotal: 'powershell.total',
  Path: 'file.path',
});

// The lines of `ContextInfo`, as PowerShell names them and in its order.
const contextLines = names({
  'Host Name': 'process.title',
  'Host Version': 'powershell.process.executable_version',
  'Host ID': 'process.entity_id',
  'Host Application': 'process.command_line',
  'Engine Version': 'powershell.engine.version',
  'Runspace ID': 'powershell.runspace_id',
  'Pipeline ID': 'powershell.pipeline_id',
  'Command Name': 'powershell.command.name',
  'Command Type': 'powershell.command.type',
  'Script Name': 'file.path',
  'Command Path': 'powershell.command.path',
  'Sequence Number': 'event.sequence',
});

function contextIn(record: JsonObject): string {
  const lines: string[] = [];
  for (const [name, path] of contextLines) {
    const value = valueAt(record, path);
    if (typeof value === 'string' || typeof value === 'number') lines.push(line(name, value));
  }
  const user = userIn(record);
  if (user !== undefined) lines.push(line('User', user));
  return lines.join('\n');
}

function line(name: string, value: string | number): string {
  return `        ${name} = ${value}`;
}

const DETAILS_MAX = 1024;

// One line each: `CommandInvocation(Out-File): "Out-File"`,
// `ParameterBinding(Out-File): name="FilePath"; value="a"`.
function payloadIn(record: JsonObject): string {
  const details = valueAt(record, ['powershell', 'command', 'invocation_details']);
  if (!isJsonArray(details)) return '';
  const lines: string[] = [];
  for (const detail of details.slice(0, DETAILS_MAX)) {
    if (!isJsonObject(detail)) continue;
    const { type, command, name, value } = detailOf(detail);
    const told = name === '' ? value : `name=${name}; value=${value}`;
    lines.push(type === '' ? told : `${type}(${command}): ${told}`);
  }
  return lines.join('\n');
}

function detailOf(detail: JsonObject): Record<'type' | 'command' | 'name' | 'value', string> {
  const text = (name: string): string => {
    const value = ownValue(detail, name);
    return typeof value === 'string' ? value : '';
  };
  return {
    type: text('type'),
    command: text('related_command'),
    name: text('name'),
    value: text('value'),
  };
}

/** Fields of PowerShell's operational log. */
export function restorePowershell(restoring: Restoring): void {
  const { record, id } = restoring;
  if (id === 4103) {
    put(restoring, 'ContextInfo', contextIn(record));
    put(restoring, 'Payload', payloadIn(record));
  } else {
    putAll(restoring, ofScripts);
  }
}
