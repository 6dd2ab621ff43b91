import type { JsonObject } from '../../base/json.ts';
import type { FieldValue } from '../../event/event.ts';
import { textOf } from '../../event/field-value.ts';
import { constant, converted } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape } from '../../event/shape.ts';
import { addressBeforePort } from '../address.ts';
import { shapeOfKind } from '../event-kind.ts';
import { userFields } from '../proxy/request.ts';

const nothing: Reader = () => undefined;

/** The audit log of a service, as Sigma names it, and where it says who did what. */
export interface AuditService {
  /** Sigma's product. */
  readonly product: string;
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
  /** True if the object is an entry of this log: by a handful of names. */
  recognises(object: JsonObject): boolean;
  /** The first that has a meaning counts; see `momentOf`. */
  readonly time: Reader;
  /** Whose log it is: an account, a tenant. It stands for the host, since these deeds have none. */
  readonly tenant: Reader;
  readonly action: Reader;
  /** What the log calls the entry, or the deed that it belongs to. */
  readonly id?: Reader;
  /** What no other entry of the tenant has at that time, where that is not the id. */
  readonly identity?: Reader;
  readonly user?: Reader;
  readonly userId?: Reader;
  /** Of who did it. */
  readonly address?: Reader;
  readonly userAgent?: Reader;
  /** `success` or `failure`, where the log says so. */
  readonly outcome?: Reader;
  /** Names by which rules ask for fields that stand elsewhere. */
  readonly aliases?: readonly (readonly [string, Reader])[];
  readonly fields?: readonly EcsField[];
  /** What the tenant is in ECS, if no organisation. */
  readonly tenantPath?: string;
}

/** The shape of the log's entries. */
export function auditShape(service: AuditService): EventShape {
  const address = single(service.address ?? nothing);
  const ip = converted(address, addressBeforePort);
  return shapeOfKind({
    sensor: 'audit',
    product: service.product,
    categories: service.categories ?? [],
    services: service.services ?? [],
    aliases: [
      ['event.action', service.action],
      ['User', service.user ?? nothing],
      ['src_ip', service.address ?? nothing],
      ...(service.aliases ?? []),
    ],
    fields: [
      ecs('event.kind', constant('event')),
      ecs('event.module', constant(service.product)),
      ecs('event.category', () => ['iam']),
      ecs('event.type', () => ['info']),
      ecs('event.action', single(service.action)),
      ecs('event.id', converted(service.id ?? nothing, textOf)),
      ecs('event.outcome', service.outcome ?? nothing),
      ...userFields(service.user ?? nothing),
      ecs('user.id', service.userId ?? nothing),
      ecs('source.address', address),
      ecs('source.ip', ip),
      ecs('user_agent.original', service.userAgent ?? nothing),
      ...(service.fields ?? []),
    ],
    dataPath: service.product,
    hostPath: service.tenantPath ?? 'organization.id',
  });
}

// Some logs have lists where others have one value.
function single(reader: Reader): Reader {
  return (data) => {
    const value = reader(data);
    return Array.isArray(value) ? (value as readonly FieldValue[])[0] : value;
  };
}

/** `success` if the reader finds nothing, `failure` if it does. */
export function failedIf(error: Reader): Reader {
  return (data) => {
    const value = error(data);
    return value === undefined || value === null || value === '' ? 'success' : 'failure';
  };
}
