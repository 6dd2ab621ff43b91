import { isJsonObject, ownValue } from '../../base/json.ts';
import { at, constant, either, first } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { failedIf } from './service.ts';
import type { AuditService } from './service.ts';

const identity = either(
  at('userIdentity.userName'),
  at('userIdentity.sessionContext.sessionIssuer.userName'),
  at('userIdentity.arn'),
);
const account = either(first('recipientAccountId'), at('userIdentity.accountId'), constant('aws'));
// Secrets Manager and the parameter store name what was asked for; the value is never in the log.
const secret = either(at('requestParameters.secretId'), at('requestParameters.name'));

const called = failedIf(either(first('errorCode'), first('errorMessage')));

/** CloudTrail, Secrets Manager's calls among it. */
export const cloudTrail: AuditService = {
  product: 'aws',
  services: ['cloudtrail'],
  recognises: (object) =>
    typeof ownValue(object, 'eventSource') === 'string' &&
    typeof ownValue(object, 'eventName') === 'string' &&
    (isJsonObject(ownValue(object, 'userIdentity')) ||
      typeof ownValue(object, 'awsRegion') === 'string'),
  time: first('eventTime'),
  tenant: account,
  action: first('eventName'),
  id: first('eventID'),
  user: identity,
  userId: at('userIdentity.principalId'),
  address: first('sourceIPAddress'),
  userAgent: first('userAgent'),
  outcome: (data) =>
    at('responseElements.ConsoleLogin')(data) === 'Failure' ? 'failure' : called(data),
  aliases: [
    ['secret.name', secret],
    ['token.id', at('userIdentity.accessKeyId')],
  ],
  fields: [
    ecs('event.provider', first('eventSource')),
    ecs('cloud.provider', constant('aws')),
    ecs('cloud.account.id', account),
    ecs('cloud.region', first('awsRegion')),
    ecs('secret.name', secret),
    ecs('event.reason', first('errorCode')),
  ],
};
