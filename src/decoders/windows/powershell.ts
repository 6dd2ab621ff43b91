import { ecsFile, ecsKind, ecsUser } from '../../event/ecs-fields.ts';
import { logsource } from '../../event/logsource.ts';
import { converted, either, field, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';

interface Row {
  readonly service: string;
  readonly categories: readonly string[];
  readonly fields: readonly EcsField[];
}

// PowerShell logs from inside the process that it tells of.
function kindOf(row: Row): WindowsKind {
  return {
    sensor: 'windows',
    logsource: logsource('windows', row.categories, [row.service]),
    activity: 'other',
    aliases: new Map(),
    process: undefined,
    isWrittenBySubject: row.service === 'powershell',
    ecs: row.fields,
    hasSpacedNames: false,
    showsData: row.categories.length === 0,
  };
}

const script = kindOf({
  service: 'powershell',
  categories: ['ps_script'],
  fields: [
    ...ecsKind('process', 'info', 'script-block'),
    ecs('powershell.file.script_block_text', field('ScriptBlockText')),
    ecs('powershell.file.script_block_id', field('ScriptBlockId')),
    ecs('powershell.sequence', integer(field('MessageNumber'))),
    ecs('powershell.total', integer(field('MessageTotal'))),
    ...ecsFile(field('Path')),
  ],
});

// A line of `ContextInfo`: `        Host Application = powershell.exe -NoProfile`.
function contextValue(label: string): Reader {
  const mark = ` ${label} = `;
  return converted(field('ContextInfo'), (value) => {
    const text = typeof value === 'string' ? value : '';
    const start = text.indexOf(mark);
    if (start === -1) return undefined;
    const end = text.indexOf('\n', start);
    const found = text.slice(start + mark.length, end === -1 ? undefined : end).trim();
    return found === '' ? undefined : found;
  });
}

const moduleLog = kindOf({
  service: 'powershell',
  categories: ['ps_module'],
  fields: [
    ...ecsKind('process', 'info', 'pipeline'),
    ecs('powershell.pipeline_execution_details', field('Payload')),
    ecs('process.command_line', contextValue('Host Application')),
    ...ecsFile(contextValue('Script Name')),
    ...ecsUser('user', contextValue('User')),
    ecs('winlog.event_data.ContextInfo', field('ContextInfo')),
  ],
});

const other = kindOf({
  service: 'powershell',
  categories: [],
  fields: ecsKind('process', 'info', 'powershell'),
});

// The classic log has unnamed strings. Where a shipper passes on the rendered message only, it is shown to
// people; rules over `Data` do not see it, as in the reference results of the recordings.
const classicData = either(field('Data'), field('Message'), field('message'));

function classic(categories: readonly string[], action: string): WindowsKind {
  return kindOf({
    service: 'powershell-classic',
    categories,
    fields: [...ecsKind('process', 'info', action), ecs('winlog.event_data.Data', classicData)],
  });
}

const operationalKinds: ReadonlyMap<number, WindowsKind> = new Map([
  [4103, moduleLog],
  [4104, script],
]);

const classicKinds: ReadonlyMap<number, WindowsKind> = new Map([
  [400, classic(['ps_classic_start'], 'engine-start')],
  [600, classic(['ps_classic_provider_start'], 'provider-start')],
  [800, classic(['ps_classic_script'], 'pipeline')],
]);

const classicOther = classic([], 'powershell');

/** The kind of an event of PowerShell's operational channel. */
export function powershellKind(eventId: number): WindowsKind {
  return operationalKinds.get(eventId) ?? other;
}

/** The kind of an event of the `Windows PowerShell` channel. */
export function classicKind(eventId: number): WindowsKind {
  return classicKinds.get(eventId) ?? classicOther;
}
