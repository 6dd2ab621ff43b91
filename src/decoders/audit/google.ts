import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { AuditService } from './service.ts';

const service = at('protoPayload.serviceName');
const method = at('protoPayload.methodName');
const workspaceEvent = either(at('protoPayload.metadata.event.eventName'), at('events.name'));
// Reports name the application alone, the audit log the service behind it.
const workspaceService = either(
  service,
  converted(at('id.applicationName'), (value) => `${textOf(value) ?? ''}.googleapis.com`),
);

const outcome: Reader = (data) => {
  const code = at('protoPayload.status.code')(data);
  return code === undefined || code === 0 ? 'success' : 'failure';
};

const common: Omit<AuditService, 'services' | 'recognises' | 'action'> = {
  product: 'gcp',
  time: either(first('timestamp'), at('id.time'), first('receiveTimestamp')),
  tenant: either(
    at('resource.labels.project_id'),
    at('id.customerId'),
    first('logName'),
    constant('google'),
  ),
  id: either(first('insertId'), at('id.uniqueQualifier')),
  user: either(at('protoPayload.authenticationInfo.principalEmail'), at('actor.email')),
  userId: at('actor.profileId'),
  address: either(at('protoPayload.requestMetadata.callerIp'), first('ipAddress')),
  userAgent: at('protoPayload.requestMetadata.callerSuppliedUserAgent'),
  fields: [ecs('cloud.provider', constant('gcp')), ecs('event.provider', workspaceService)],
};

function isWorkspace(object: JsonObject, application: string): boolean {
  const proto = ownValue(object, 'protoPayload');
  if (isJsonObject(proto)) {
    return ownValue(proto, 'serviceName') === `${application}.googleapis.com`;
  }
  const id = ownValue(object, 'id');
  return (
    ownValue(object, 'kind') === 'admin#reports#activity' &&
    isJsonObject(id) &&
    ownValue(id, 'applicationName') === application
  );
}

function workspace(application: string): AuditService {
  return {
    ...common,
    services: [`google_workspace.${application}`],
    recognises: (object) => isWorkspace(object, application),
    action: either(workspaceEvent, method),
    aliases: [
      ['eventService', workspaceService],
      ['eventName', either(workspaceEvent, method)],
      ['protoPayload.metadata.event.eventName', workspaceEvent],
      ['protoPayload.serviceName', workspaceService],
      ['protoPayload.Servicename', workspaceService],
      ['setting_name', parameter('SETTING_NAME')],
      ['new_value', parameter('NEW_VALUE')],
    ],
  };
}

// `events[].parameters[]` and `metadata.event[].parameter[]` are lists of names and values.
function parameter(name: string): Reader {
  const lists = [
    [at('events.parameters.name'), at('events.parameters.value')],
    [
      at('protoPayload.metadata.event.parameter.name'),
      at('protoPayload.metadata.event.parameter.value'),
    ],
  ] as const;
  return (data) => {
    for (const [names, values] of lists) {
      const foundNames = flat(names(data));
      const index = foundNames.indexOf(name);
      if (index !== -1) return textOf(flat(values(data))[index] as string | undefined);
    }
    return undefined;
  };
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flat(4) : [];
}

/** Google's logs: Workspace's console and sign-ins, and the Cloud's audit log. */
export const googleLogs: readonly AuditService[] = [
  workspace('admin'),
  workspace('login'),
  {
    ...common,
    services: ['gcp.audit'],
    recognises: (object) => {
      const proto = ownValue(object, 'protoPayload');
      return isJsonObject(proto) && typeof ownValue(proto, 'methodName') === 'string';
    },
    action: method,
    outcome,
    aliases: [
      ['gcp.audit.method_name', method],
      ['data.protoPayload.methodName', method],
      ['data.protoPayload.serviceName', service],
      ['data.protoPayload.logName', first('logName')],
      ['data.protoPayload.resource.type', at('resource.type')],
      [
        'data.protoPayload.authorizationInfo.permission',
        at('protoPayload.authorizationInfo.permission'),
      ],
      ['data.protoPayload.authorizationInfo.granted', at('protoPayload.authorizationInfo.granted')],
    ],
  },
];
