import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FieldValue } from '../../event/event.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either, first, integerOf } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { AuditService } from './service.ts';

/** A field of the entry, of its `properties`, or in the capitals of Log Analytics. */
function named(name: string): Reader {
  const capital = name.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return either(at(`properties.${name}`), at(name), at(capital));
}

const operation = either(first('operationName', 'OperationName'), named('activityDisplayName'));
const category = first('category', 'Category');
const errorCode = either(
  at('properties.status.errorCode'),
  at('status.errorCode'),
  first('resultType', 'ResultType'),
);
const time = either(
  first('time'),
  named('activityDateTime'),
  named('createdDateTime'),
  named('detectedDateTime'),
  first('TimeGenerated', 'eventTimestamp'),
);
const tenant = either(
  first('tenantId', 'TenantId', 'aadTenantId'),
  named('tenantId'),
  named('resourceTenantId'),
  first('resourceId', 'ResourceId', '_ResourceId'),
  constant('azure'),
);

// The claims of a token have short names in some exports, names with a scheme in others.
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

function claim(...names: readonly string[]): Reader {
  return (data): FieldValue | undefined => {
    const identity = ownValue(data, 'identity');
    if (!isJsonObject(identity)) return undefined;
    const claims = ownValue(identity, 'claim') ?? ownValue(identity, 'claims');
    return isJsonObject(claims) ? first(...names)(claims) : undefined;
  };
}

const user = either(
  claim('upn', `${CLAIMS}upn`, `${CLAIMS}name`, 'appid'),
  at('properties.initiatedBy.user.userPrincipalName'),
  at('initiatedBy.user.userPrincipalName'),
  named('userPrincipalName'),
  first('identity_claim_upn_s', 'Caller', 'caller', 'identity'),
);
const userId = either(
  claim('oid', OBJECT_ID),
  at('properties.initiatedBy.user.id'),
  at('initiatedBy.user.id'),
  named('userId'),
);
const address = either(
  first('callerIpAddress', 'CallerIPAddress', 'CallerIpAddress', 'IPAddress'),
  named('ipAddress'),
  at('properties.initiatedBy.user.ipAddress'),
);
const userAgent = either(
  at('properties.clientInfo'),
  named('userAgent'),
  first('clientInfo_s', 'ClientInfo'),
);
const outcome: Reader = (data) => {
  const status = integerOf(at('properties.httpStatusCode')(data));
  if (status !== undefined) return status < 400 ? 'success' : 'failure';
  const result = textOf(either(named('result'), errorCode)(data))?.toLowerCase();
  if (result === undefined) return undefined;
  return ['success', '0', 'start', 'accept', 'accepted'].includes(result) ? 'success' : 'failure';
};

// Rules were written over several exports of the same logs, each with its own capitals.
const aliases: readonly (readonly [string, Reader])[] = [
  ['Category', category],
  ['operationName', operation],
  ['OperationName', operation],
  ['OperationNameValue', first('OperationNameValue', 'operationName')],
  ['properties.message', either(at('properties.message'), operation)],
  ['ActivityDisplayName', either(named('activityDisplayName'), operation)],
  ['ActivityType', either(named('activityDisplayName'), operation)],
  ['activityType', either(named('activityDisplayName'), operation)],
  ['LoggedByService', named('loggedByService')],
  ['ResultType', errorCode],
  ['resultType', errorCode],
  [
    'ResultDescription',
    either(first('ResultDescription', 'resultDescription'), at('properties.status.failureReason')),
  ],
  [
    'Resultdescription',
    either(first('ResultDescription', 'resultDescription'), at('properties.status.failureReason')),
  ],
  ['Status', converted(outcome, (value) => (value === 'success' ? 'Success' : 'Failure'))],
  ['AuthenticationRequirement', named('authenticationRequirement')],
  ['DeviceDetail.trusttype', named('deviceDetail.trustType')],
  ['DeviceDetail.deviceId', named('deviceDetail.deviceId')],
  ['DeviceDetail.isCompliant', named('deviceDetail.isCompliant')],
  ['RiskState', named('riskState')],
  ['ResourceDisplayName', named('resourceDisplayName')],
  ['conditionalAccessStatus', named('conditionalAccessStatus')],
  ['homeTenantId', named('homeTenantId')],
  ['resourceTenantId', named('resourceTenantId')],
  ['NetworkLocationDetails', named('networkLocationDetails.networkType')],
  ['ClientApp', named('clientAppUsed')],
  ['Username', user],
  ['location', either(named('location.countryOrRegion'), first('location'))],
  ['userAgent', userAgent],
  ['callerIpAddress', address],
  ['riskEventType', named('riskEventType')],
  ['TargetResources', named('targetResources.displayName')],
  ['Target', named('targetResources.displayName')],
  ['targetResources.type', named('targetResources.type')],
  ['TargetResources.modifiedProperties', named('targetResources.modifiedProperties.displayName')],
  [
    'TargetResources.ModifiedProperties.DisplayName',
    named('targetResources.modifiedProperties.displayName'),
  ],
  [
    'TargetResources.ModifiedProperties.NewValue',
    named('targetResources.modifiedProperties.newValue'),
  ],
  [
    'TargetResources.modifiedProperties.newValue',
    named('targetResources.modifiedProperties.newValue'),
  ],
  ['Initiatedby', user],
  ['properties.initiatedBy', user],
];

interface Kind {
  readonly services: readonly string[];
  recognises(object: JsonObject): boolean;
  readonly identity?: Reader;
  readonly secret?: Reader;
}

function azure(kind: Kind): AuditService {
  return {
    product: 'azure',
    services: kind.services,
    recognises: (object) => kind.recognises(object),
    time,
    tenant,
    action: operation,
    id: either(first('correlationId', 'CorrelationId'), first('id')),
    identity: kind.identity ?? named('id'),
    user,
    userId,
    address,
    userAgent,
    outcome,
    aliases: kind.secret === undefined ? aliases : [...aliases, ['secret.name', kind.secret]],
    fields: [
      ecs('cloud.provider', constant('azure')),
      ecs('event.reason', first('resultSignature', 'ResultSignature')),
      ...(kind.secret === undefined ? [] : [ecs('secret.name', kind.secret)]),
    ],
  };
}

// Which object of a vault: its address, without the version where the request names none.
const secret = either(at('properties.id'), at('properties.requestUri'), first('id_s'));

/** The word that says which log an entry is of: a category, or the table of Log Analytics. */
function logOf(object: JsonObject): string | undefined {
  const named_ = ownValue(object, 'category') ?? ownValue(object, 'Category');
  const hasPlace =
    ownValue(object, 'operationName') !== undefined ||
    ownValue(object, 'OperationName') !== undefined ||
    ownValue(object, 'OperationNameValue') !== undefined;
  if (typeof named_ === 'string' && hasPlace) return named_;
  const table = ownValue(object, 'Type');
  return typeof table === 'string' && ownValue(object, 'TimeGenerated') !== undefined
    ? table
    : undefined;
}

function ofLogs(...names: readonly string[]): (object: JsonObject) => boolean {
  const known = new Set(names);
  return (object) => {
    const log = logOf(object);
    return log !== undefined && known.has(log);
  };
}

const isAuditLog = ofLogs('AuditLogs');
const isGraphAudit = (object: JsonObject): boolean =>
  typeof ownValue(object, 'activityDisplayName') === 'string' &&
  typeof ownValue(object, 'activityDateTime') === 'string';
const loggedBy = named('loggedByService');
const isPrivileged = (object: JsonObject): boolean => textOf(loggedBy(object)) === 'PIM';

const KEY_VAULT = /\/providers\/microsoft\.keyvault\//i;
const resource = first('resourceId', 'ResourceId', '_ResourceId');
const isVault = ofLogs('AuditEvent', 'AZKVAuditLogs');

/** Azure's logs: vaults, directory, sign-ins, risks, and what is done to resources. */
export const azureLogs: readonly AuditService[] = [
  azure({
    services: ['keyvault'],
    recognises: (object) => isVault(object) && KEY_VAULT.test(`${textOf(resource(object)) ?? ''}/`),
    // Its `id` is the secret's; one deed may be told in several entries of one correlation.
    identity: () => undefined,
    secret,
  }),
  azure({
    services: ['auditlogs', 'pim'],
    recognises: (object) => (isAuditLog(object) || isGraphAudit(object)) && isPrivileged(object),
  }),
  azure({
    services: ['auditlogs'],
    recognises: (object) => isAuditLog(object) || isGraphAudit(object),
  }),
  azure({
    services: ['signinlogs'],
    recognises: (object) => isSignIn(object) || isGraphSignIn(object),
  }),
  azure({
    services: ['riskdetection'],
    recognises: (object) => isRisk(object) || isGraphRisk(object),
  }),
  azure({
    services: ['activitylogs'],
    recognises: ofLogs(
      'Administrative',
      'Security',
      'ServiceHealth',
      'Alert',
      'Recommendation',
      'Policy',
      'Autoscale',
      'ResourceHealth',
      'AzureActivity',
    ),
  }),
];

const isSignIn = ofLogs(
  'SignInLogs',
  'SigninLogs',
  'NonInteractiveUserSignInLogs',
  'ServicePrincipalSignInLogs',
  'ManagedIdentitySignInLogs',
  'ADFSSignInLogs',
);
const isRisk = ofLogs(
  'UserRiskEvents',
  'RiskyUsers',
  'ServicePrincipalRiskEvents',
  'RiskyServicePrincipals',
  'AADUserRiskEvents',
);

// The same entries as Microsoft Graph hands them out, without an envelope.
function isGraphSignIn(object: JsonObject): boolean {
  return (
    typeof ownValue(object, 'createdDateTime') === 'string' &&
    typeof ownValue(object, 'appDisplayName') === 'string' &&
    isJsonObject(ownValue(object, 'status'))
  );
}

function isGraphRisk(object: JsonObject): boolean {
  return (
    typeof ownValue(object, 'riskEventType') === 'string' &&
    typeof ownValue(object, 'riskState') === 'string'
  );
}
