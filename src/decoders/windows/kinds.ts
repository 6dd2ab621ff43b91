import type { JsonObject } from '../../base/json.ts';
import { ecsKind } from '../../event/ecs-fields.ts';
import { field } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { logsource } from '../../event/logsource.ts';
import type { WindowsKind } from './kind.ts';
import { classicKind, powershellKind } from './powershell.ts';
import { securityKind } from './security.ts';
import { servicesByChannel } from './services.ts';
import { sysmonKind } from './sysmon.ts';

type KindOfEvent = (eventId: number, data: JsonObject) => WindowsKind;

// An event id means something only within its channel: 400 is AppX deployment and Windows PowerShell.
const known: ReadonlyMap<string, KindOfEvent> = new Map<string, KindOfEvent>([
  ['sysmon', sysmonKind],
  ['security', securityKind],
  ['powershell', powershellKind],
  ['powershell-classic', classicKind],
]);

const byChannel: ReadonlyMap<string, KindOfEvent> = new Map(
  [...servicesByChannel].map(([channel, services]) => {
    const kind = plainKind(services);
    return [channel, known.get(services[0] ?? '') ?? ((): WindowsKind => kind)];
  }),
);

const noService = plainKind([]);

/** The kind of an event. A channel that Sigma has no name for belongs to no service. */
export function windowsKind(channel: string, eventId: number, data: JsonObject): WindowsKind {
  const kindOfEvent = byChannel.get(channel) ?? byChannel.get(channel.toLowerCase());
  return kindOfEvent === undefined ? noService : kindOfEvent(eventId, data);
}

function plainKind(services: readonly string[]): WindowsKind {
  return {
    sensor: 'windows',
    logsource: logsource('windows', [], services),
    activity: 'other',
    aliases: new Map(),
    process: undefined,
    isWrittenBySubject: false,
    ecs: [...ecsKind('host', 'info', 'log'), ecs('message', field('Message'))],
    hasSpacedNames: true,
    showsData: true,
  };
}
