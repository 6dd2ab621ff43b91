import type { Action } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { securityLogHead } from './security-log.ts';
import type { WindowsRecord } from './windows-record.ts';

/** Event 5156 of the Security log: the filtering platform permits a connection. Names are invisible to it. */
export function connectionLog(action: Action, processes: ProcessTable): readonly WindowsRecord[] {
  const { deed, process, time } = action;
  if (deed.kind !== 'connect' && deed.kind !== 'accept') return [];
  const isOut = deed.kind === 'connect';
  const { address } = process.host;
  return [
    {
      host: process.host,
      log: securityLogHead,
      eventId: 5156,
      version: 1,
      task: 12810,
      category: 'Filtering Platform Connection',
      logged: time + 3,
      data: [
        // Decimal here, hexadecimal in all other events of this log.
        ['ProcessID', String(processes.identity(process).pid)],
        ['Application', devicePath(process.program.path)],
        ['Direction', isOut ? '%%14593' : '%%14592'],
        ['SourceAddress', address],
        ['SourcePort', String(deed.localPort)],
        ['DestAddress', deed.address],
        ['DestPort', String(deed.port)],
        ['Protocol', '6'],
        ['FilterRTID', '68214'],
        ['LayerName', isOut ? '%%14611' : '%%14610'],
        ['LayerRTID', isOut ? '48' : '44'],
        ['RemoteUserID', 'S-1-0-0'],
        ['RemoteMachineID', 'S-1-0-0'],
      ],
    },
  ];
}

function devicePath(path: string): string {
  return path.replace(/^[A-Za-z]:/, '\\device\\harddiskvolume3').toLowerCase();
}
