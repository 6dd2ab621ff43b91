import { textOf } from '../../event/field-value.ts';
import { either } from '../../event/reader.ts';
import type { EventShape } from '../../event/shape.ts';
import { auditSensor } from '../cloud-senses.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { timeOf } from '../moment.ts';
import { alone, listed, wholeEvent } from '../records.ts';
import type { ObjectFormat } from '../records.ts';
import { cloudTrail } from './aws.ts';
import { azureLogs } from './azure.ts';
import { googleLogs } from './google.ts';
import { saasLogs } from './saas.ts';
import { auditShape } from './service.ts';
import type { AuditService } from './service.ts';

const services: readonly AuditService[] = [cloudTrail, ...azureLogs, ...googleLogs, ...saasLogs];

function formatOf(service: AuditService): ObjectFormat {
  const shape: EventShape = auditShape(service);
  const identity = service.identity ?? service.id;
  const tenantOf = either(service.tenant);
  const timeField = { read: either(service.time) };
  return {
    recognises: (object) => service.recognises(object),
    event(object, place) {
      const tenant = textOf(tenantOf(object));
      if (tenant === undefined) return { reason: 'missing_field', detail: 'account or tenant' };
      const time = timeOf(timeField, object, place.record);
      if (typeof time !== 'number') return time;
      return wholeEvent(object, place, {
        shape,
        time,
        host: tenant,
        sensorId: textOf(identity?.(object)),
      });
    },
  };
}

const formats = services.map(formatOf);

// One list can hold entries of several logs, as an event hub hands them on.
const any: ObjectFormat = {
  recognises: (object) => formats.some((format) => format.recognises(object)),
  event(object, place) {
    const format = formats.find((each) => each.recognises(object));
    return (
      format?.event(object, place) ?? { reason: 'unknown_format', detail: 'no known audit log' }
    );
  },
};

const json: readonly JsonFormat[] = [alone(any), listed(any)];

function all(names: (service: AuditService) => readonly string[] | undefined): readonly string[] {
  return [...new Set(services.flatMap((service) => names(service) ?? []))];
}

/** Audit logs of services in the cloud. */
export const audit: FormatFamily = {
  name: 'audit',
  description:
    'audit logs of AWS, Azure and Key Vault, Google, Microsoft 365, Okta, GitHub and others',
  sensors: [
    auditSensor('audit', 'Audit logs of cloud services', {
      products: all((service) => [service.product]),
      categories: all((service) => service.categories),
      services: all((service) => service.services),
    }),
  ],
  json,
};
