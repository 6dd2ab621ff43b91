import { ecsImage, ecsKind, ecsUser } from '../../event/ecs-fields.ts';
import { field, first, integer } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { address } from '../address.ts';
import type { WindowsKind } from './kind.ts';
import { account, securityRow } from './security-row.ts';

// About whom the event is: who signs in, not the service that lets them in.
const target = account('Target');
const caller = first('IpAddress');

function logon(type: string, action: string): WindowsKind {
  return securityRow({
    showsData: true,
    fields: [
      ...ecsKind('authentication', type, action),
      ...ecsUser('user', target),
      ecs('user.id', first('TargetUserSid', 'TargetSid')),
      ...ecsImage('process', first('ProcessName')),
      ecs('process.pid', integer(first('ProcessId'))),
      ecs('source.address', address(caller)),
      ecs('source.ip', address(caller)),
      ecs('source.port', integer(first('IpPort'))),
      ecs('source.domain', first('WorkstationName', 'Workstation')),
      ecs('winlog.logon.type', field('LogonType')),
    ],
  });
}

const ticket = logon('start', 'kerberos-ticket');

/** Events of signing in and out, on the machine or by the domain's tickets. */
export const logonKinds: readonly (readonly [eventId: number, kind: WindowsKind])[] = [
  [4624, logon('start', 'logon')],
  [4625, logon('start', 'logon-failed')],
  [4634, logon('end', 'logoff')],
  [4647, logon('end', 'logoff')],
  [4648, logon('start', 'logon-explicit')],
  [4768, ticket],
  [4769, ticket],
  [4770, ticket],
  [4771, ticket],
  [4776, logon('start', 'credential-validation')],
];
