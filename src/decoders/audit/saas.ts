import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either, first } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { AuditService } from './service.ts';

const isText = (object: JsonObject, name: string): boolean =>
  typeof ownValue(object, name) === 'string';
const isObject = (object: JsonObject, name: string): boolean =>
  isJsonObject(ownValue(object, name));

const success = (word: string) => (value: unknown) =>
  String(value).toLowerCase() === word ? 'success' : 'failure';

const okta: AuditService = {
  product: 'okta',
  services: ['okta'],
  recognises: (object) =>
    isText(object, 'eventType') && isText(object, 'published') && isObject(object, 'actor'),
  time: first('published'),
  tenant: either(at('debugContext.debugData.tenant'), constant('okta')),
  action: first('eventType'),
  id: first('uuid'),
  user: at('actor.alternateId'),
  userId: at('actor.id'),
  address: at('client.ipAddress'),
  userAgent: at('client.userAgent.rawUserAgent'),
  outcome: converted(at('outcome.result'), success('success')),
};

// `org.invite_member`: a thing and what was done to it.
const GITHUB_ACTION = /^[a-z_]{2,64}\.[a-z_.]{2,64}$/;

const github: AuditService = {
  product: 'github',
  services: ['audit'],
  recognises(object) {
    const action = ownValue(object, 'action');
    return (
      typeof action === 'string' &&
      GITHUB_ACTION.test(action) &&
      (isText(object, 'actor') || isText(object, 'org') || isText(object, 'repo'))
    );
  },
  time: first('created_at', '@timestamp', 'at_sign_timestamp', 'p_event_time'),
  tenant: first('org', 'business', 'repo', 'actor'),
  action: first('action'),
  id: first('_document_id'),
  user: first('actor'),
  userId: converted(first('actor_id'), textOf),
  address: first('actor_ip'),
  userAgent: first('user_agent'),
};

// The rules' three fields come from an older product; the workload, the name of the alert and how it ended.
const operation = first('Operation');

const WORKLOADS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Exchange', ['audit', 'exchange']],
  ['SecurityComplianceCenter', ['audit', 'threat_management', 'threat_detection']],
]);

function microsoft365(services: readonly string[], workload: string | undefined): AuditService {
  return {
    product: 'm365',
    services,
    recognises: (object) =>
      isText(object, 'Operation') &&
      ownValue(object, 'RecordType') !== undefined &&
      (workload === undefined || ownValue(object, 'Workload') === workload),
    time: first('CreationTime'),
    tenant: first('OrganizationId', 'OrganizationName', 'Workload'),
    action: operation,
    id: first('Id'),
    user: first('UserId'),
    userId: first('UserKey'),
    address: first('ClientIP', 'ActorIpAddress', 'ClientIPAddress'),
    userAgent: first('UserAgent'),
    outcome: converted(first('ResultStatus'), (value) =>
      /^(?:success|succeeded|partiallysucceeded|true)$/i.test(String(value))
        ? 'success'
        : 'failure',
    ),
    aliases: [
      ['eventSource', first('Workload')],
      ['eventName', first('Name', 'AlertName', 'Operation')],
      ['status', converted(first('ResultStatus', 'Status'), (value) => lowerSuccess(value))],
    ],
    fields: [ecs('event.provider', first('Workload'))],
  };
}

function lowerSuccess(value: unknown): string {
  const text = String(value).toLowerCase();
  return text === 'succeeded' || text === 'active' ? 'success' : text;
}

const bitbucket: AuditService = {
  product: 'bitbucket',
  services: ['audit'],
  recognises: (object) => isObject(object, 'auditType') && isObject(object, 'author'),
  time: either(first('timestamp'), at('timestamp.epochSecond')),
  tenant: first('node', 'system'),
  action: at('auditType.action'),
  user: at('author.name'),
  userId: at('author.id'),
  address: first('source'),
};

const kubernetes: AuditService = {
  product: 'kubernetes',
  categories: ['application'],
  services: ['audit'],
  recognises: (object) => {
    const version = ownValue(object, 'apiVersion');
    return typeof version === 'string' && version.startsWith('audit.k8s.io/');
  },
  time: first('requestReceivedTimestamp', 'stageTimestamp'),
  tenant: either(at('annotations.cluster'), constant('kubernetes')),
  action: first('verb'),
  id: first('auditID'),
  user: at('user.username'),
  userId: at('user.uid'),
  address: at('sourceIPs'),
  userAgent: first('userAgent'),
  outcome: converted(at('responseStatus.code'), (code) =>
    Number(code) < 400 ? 'success' : 'failure',
  ),
  aliases: [
    ['apiGroup', at('objectRef.apiGroup')],
    ['hostPath', at('requestObject.spec.volumes.hostPath.path')],
    ['capabilities', at('requestObject.spec.containers.securityContext.capabilities.add')],
  ],
};

const oneLogin: AuditService = {
  product: 'onelogin',
  services: ['onelogin.events'],
  recognises: (object) =>
    ownValue(object, 'event_type_id') !== undefined &&
    ownValue(object, 'event_timestamp') !== undefined,
  time: first('event_timestamp'),
  tenant: first('account_id'),
  action: converted(first('event_type_id'), textOf),
  id: first('uuid'),
  user: first('user_name', 'actor_user_name'),
  address: first('ipaddr'),
};

const duo: AuditService = {
  product: 'cisco',
  services: ['duo'],
  recognises: (object) => isText(object, 'event_type') && isText(object, 'txid'),
  time: first('isotimestamp', 'timestamp'),
  tenant: either(at('application.key'), constant('duo')),
  action: first('event_type'),
  id: first('txid'),
  user: at('user.name'),
  address: at('access_device.ip'),
  outcome: converted(first('result'), success('success')),
};

// What a honeypot noticed; it is the host here.
const openCanary: AuditService = {
  product: 'opencanary',
  categories: ['application'],
  recognises: (object) =>
    typeof ownValue(object, 'logtype') === 'number' && isText(object, 'node_id'),
  time: first('utc_time', 'local_time_adjusted', 'local_time'),
  tenant: first('node_id'),
  action: converted(first('logtype'), textOf),
  user: at('logdata.USERNAME'),
  tenantPath: 'host.name',
  address: first('src_host'),
};

const anthropic: AuditService = {
  product: 'anthropic',
  services: ['activity'],
  recognises: (object) =>
    isText(object, 'created_at') && isText(object, 'organization_id') && isObject(object, 'actor'),
  time: first('created_at'),
  tenant: first('organization_id'),
  action: first('type'),
  id: first('id'),
  user: at('actor.email_address'),
  userId: at('actor.user_id'),
  address: at('actor.ip_address'),
  userAgent: at('actor.user_agent'),
};

const openAi: AuditService = {
  product: 'openai',
  services: ['audit'],
  recognises: (object) => ownValue(object, 'object') === 'organization.audit_log',
  time: first('effective_at'),
  tenant: either(at('project.id'), constant('openai')),
  action: first('type'),
  id: first('id'),
  user: either(at('actor.session.user.email'), at('actor.api_key.user.email')),
  userId: either(at('actor.session.user.id'), at('actor.api_key.user.id')),
  address: at('actor.session.ip_address'),
  userAgent: at('actor.session.user_agent'),
};

const notion: AuditService = {
  product: 'notion',
  services: ['audit'],
  recognises: (object) => {
    const event = ownValue(object, 'event');
    return isJsonObject(event) && isText(event, 'workspace_id') && isText(event, 'type');
  },
  time: at('event.timestamp'),
  tenant: at('event.workspace_id'),
  action: at('event.type'),
  id: at('event.id'),
  user: at('event.actor.person.email'),
  userId: at('event.actor.id'),
  address: at('event.ip_address'),
};

const onePassword: AuditService = {
  product: 'onepassword',
  services: ['events'],
  recognises: (object) =>
    (isText(object, 'item_uuid') || isText(object, 'session_uuid')) && isObject(object, 'client'),
  time: first('timestamp'),
  tenant: either(first('account_uuid', 'vault_uuid'), constant('onepassword')),
  action: either(first('type', 'action'), constant('item-usage')),
  id: first('uuid'),
  user: either(at('user.email'), at('target_user.email')),
  userId: either(at('user.uuid'), at('target_user.uuid')),
  address: at('client.ip_address'),
  outcome: converted(first('category'), success('success')),
  aliases: [['secret.name', first('item_uuid')]],
  fields: [ecs('secret.name', first('item_uuid'))],
};

const netskope: AuditService = {
  product: 'netskope',
  services: ['audit'],
  recognises: (object) => isText(object, 'audit_log_event'),
  time: first('timestamp', '_insertion_epoch_timestamp'),
  tenant: first('organization_unit', 'ur_normalized', 'user'),
  action: first('audit_log_event'),
  id: first('_id'),
  user: first('user'),
};

/** Services whose logs need no more than a table. */
export const saasLogs: readonly AuditService[] = [
  okta,
  ...[...WORKLOADS].map(([workload, services]) => microsoft365(services, workload)),
  microsoft365(['audit'], undefined),
  bitbucket,
  kubernetes,
  oneLogin,
  duo,
  openCanary,
  anthropic,
  openAi,
  notion,
  onePassword,
  netskope,
  // Last: its entries have the fewest names of their own.
  github,
];
