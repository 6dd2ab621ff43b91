import type { JsonObject } from '../../base/json.ts';
import { ecsKind } from '../../event/ecs-fields.ts';
import { field } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { logsource } from '../../event/logsource.ts';
import { appLockerKind, codeIntegrityKind } from './application-control.ts';
import { appxKind, installerKindOf } from './installers.ts';
import { isKernelFile, kernelFileKind } from './kernel-file.ts';
import type { WindowsKind } from './kind.ts';
import { classicKind, powershellKind } from './powershell.ts';
import { printServiceKind } from './print-service.ts';
import { securityKind } from './security.ts';
import { servicesByChannel } from './services.ts';
import { sysmonKind } from './sysmon.ts';
import { linuxSysmonKind } from './sysmon-linux.ts';

type KindOfEvent = (eventId: number, data: JsonObject) => WindowsKind;

// An event id means something only within its channel: 400 is AppX deployment and Windows PowerShell.
const known: ReadonlyMap<string, KindOfEvent> = new Map<string, KindOfEvent>([
  ['sysmon', sysmonKind],
  ['security', securityKind],
  ['powershell', powershellKind],
  ['powershell-classic', classicKind],
  ['applocker', appLockerKind],
  ['codeintegrity-operational', codeIntegrityKind],
  ['printservice-operational', printServiceKind],
  ['appxdeployment-server', appxKind],
]);

const byChannel: ReadonlyMap<string, KindOfEvent> = new Map(
  [...servicesByChannel].map(([channel, services]) => {
    const kind = plainKind(services);
    return [channel, known.get(services[0] ?? '') ?? ((): WindowsKind => kind)];
  }),
);

const noService = plainKind([]);

const LINUX_CHANNEL = 'Linux-Sysmon/Operational';
const INSTALLER = 'MsiInstaller';

/** What decides the kind of an event. */
export interface LoggedEvent {
  readonly channel: string;
  readonly eventId: number;
  readonly data: JsonObject;
  /** Who wrote it; asked for in channels that many programs write to. */
  provider(): string | undefined;
}

/** The kind of an event. A channel that Sigma has no name for belongs to no service. */
export function windowsKind(event: LoggedEvent): WindowsKind {
  const { channel, eventId, data } = event;
  if (channel === LINUX_CHANNEL) return linuxSysmonKind(eventId, data);
  const kindOfEvent = byWrittenChannel.get(channel) ?? remember(channel);
  if (kindOfEvent === NO_SERVICE) {
    return isKernelFile(event.provider()) ? kernelFileKind(eventId) : noService;
  }
  const special = channel === 'Application' ? installerKindOf(eventId) : undefined;
  if (special !== undefined && event.provider() === INSTALLER) return special;
  return kindOfEvent(eventId, data);
}

// Channels are written in any case. Those that were met are few, unless an attacker writes them.
const CHANNELS_MAX = 512;
const byWrittenChannel = new Map<string, KindOfEvent>();
const NO_SERVICE: KindOfEvent = () => noService;

function remember(channel: string): KindOfEvent {
  const kind = byChannel.get(channel) ?? byChannel.get(channel.toLowerCase()) ?? NO_SERVICE;
  if (byWrittenChannel.size >= CHANNELS_MAX) byWrittenChannel.clear();
  byWrittenChannel.set(channel, kind);
  return kind;
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
