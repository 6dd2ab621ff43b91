import type { Action } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { Encoder, Observation } from './encoder.ts';
import { isoTime } from './time-text.ts';

/** A token broker's audit log (docs/token-broker-audit.md): what agents may do where, for how long. */
export const tokenBroker: Encoder = {
  name: 'token-broker',
  sensor: 'token-broker',
  description: "A token broker's audit log",
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 2_041,
  shipping: { everyMs: 500, delayMsMax: 200, redelivered: 0.002 },
  observe,
};

const actions = { grant: 'grant', use: 'introspection', refusal: 'refusal' } as const;

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const { deed, process, time } = action;
  if (deed.kind !== 'token') return [];
  const { account, host } = process;
  const isRefused = deed.decision === 'refusal';
  return [
    {
      logged: time + 5,
      record: (number) =>
        JSON.stringify({
          schema: 'tidegate.token/1',
          id: `01J0${host.machine.toUpperCase()}${String(number).padStart(14, '0')}`,
          time: isoTime(time),
          action: actions[deed.decision],
          outcome: isRefused ? 'failure' : 'success',
          token: {
            ...(isRefused ? {} : { id: deed.token, expires: isoTime(time + deed.validMs) }),
            audience: deed.audience,
            scopes: [`${deed.audience.split('.', 1)[0] ?? ''}.read`],
          },
          subject: {
            user: `${account.name}@corp.example`,
            host: deed.device ?? host.name,
            process: { pid: processes.identity(process).pid, start: isoTime(process.start) },
          },
          source: { ip: host.address },
          policy: { id: 'agents', digest: 'sha256:9f' },
          ...(isRefused ? { reason: 'scope_not_allowed' } : {}),
        }),
    },
  ];
}
