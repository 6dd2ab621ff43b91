import type { Action } from '../action.ts';
import type { WindowsLog, WindowsRecord } from './windows-record.ts';

const log: WindowsLog = {
  channel: 'Microsoft-Windows-PrintService/Operational',
  provider: 'Microsoft-Windows-PrintService',
  providerGuid: '{747EF6FD-E535-4D16-B510-42C90F6873A1}',
  keywords: '4611686018427390016',
  writer: { pid: 2816, threads: [4400, 4404] },
  writerAccount: 'SYSTEM',
  outcome: 'INFO',
};

/** Event 307: a document was printed. Who printed it is told, with which program is not. */
export function printLog({ deed, process, time }: Action): readonly WindowsRecord[] {
  if (deed.kind !== 'print') return [];
  return [
    {
      host: process.host,
      log,
      eventId: 307,
      version: 0,
      task: 26,
      category: 'Printing a document',
      logged: time + 40,
      userData: 'DocumentPrinted',
      data: [
        ['Param1', String(3 + (Math.floor(time / 1000) % 90))],
        ['Param2', deed.document],
        ['Param3', process.account.name],
        ['Param4', `\\\\${process.host.name}`],
        ['Param5', deed.printer],
        ['Param6', `IP_10.20.3.${String(10 + (deed.printer.length % 40))}`],
        ['Param7', String(deed.bytes)],
        ['Param8', String(deed.pages)],
      ],
    },
  ];
}
