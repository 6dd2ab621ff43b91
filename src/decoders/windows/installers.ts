import type { FieldValue } from '../../event/event.ts';
import { ecsImage, ecsKind } from '../../event/ecs-fields.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { constant, converted, field, first, integer, isMeant } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';
import { ecsAliases } from '../event-kind.ts';
import { serviceKind } from './service-kind.ts';
import type { ServiceRow } from './service-kind.ts';

// Unnamed strings are a list `Data`, or `param1`, `param2`, … where the shipper numbered them.
function nth(index: number): Reader {
  const numbered = first(`param${index + 1}`, `Param${index + 1}`);
  return (data) => {
    const list = ownField(data, 'Data');
    const value = Array.isArray(list) ? (list as readonly FieldValue[])[index] : undefined;
    return isMeant(value) ? value : numbered(data);
  };
}

const only: Reader = (data) => {
  const value = ownField(data, 'Data');
  return typeof value === 'string' ? value : nth(0)(data);
};

// The installer's own strings have no names; rules read what ECS calls them.
function packageKind(row: Omit<ServiceRow, 'aliases'>): WindowsKind {
  return serviceKind({ ...row, aliases: new Map(ecsAliases(row.fields)) });
}

function installerKind(fields: readonly EcsField[]): WindowsKind {
  return packageKind({ service: 'application', fields });
}

// 1033 is written for failures too: the status is zero only when the product was installed.
const installed = installerKind([
  ...ecsKind('package', 'installation', 'msi-installation'),
  ecs('package.name', nth(0)),
  ecs('package.version', nth(1)),
  ecs('event.outcome', outcomeOf(nth(3))),
]);
const removed = installerKind([
  ...ecsKind('package', 'deletion', 'msi-removal'),
  ecs('package.name', nth(0)),
  ecs('package.version', nth(1)),
  ecs('event.outcome', outcomeOf(nth(3))),
]);
const begun = packageKind({
  service: 'application',
  process: { pid: nth(1) },
  fields: [
    ...ecsKind('package', 'start', 'msi-transaction'),
    ecs('package.path', nth(0)),
    ecs('process.pid', integer(nth(1))),
  ],
});

// `Product: NAME -- Installation completed successfully.`
function told(outcome: string): WindowsKind {
  return installerKind([
    ...ecsKind('package', 'installation', 'msi-installation'),
    ecs('package.name', converted(only, productOf)),
    ecs('event.outcome', constant(outcome)),
    ecs('message', only),
  ]);
}

function outcomeOf(status: Reader): Reader {
  return converted(status, (value) => (textOf(value) === '0' ? 'success' : 'failure'));
}

const PRODUCT = 'Product: ';
const DASHES = ' -- ';

function productOf(value: FieldValue): FieldValue | undefined {
  const text = textOf(value) ?? '';
  const start = text.startsWith(PRODUCT) ? PRODUCT.length : 0;
  const end = text.indexOf(DASHES, start);
  return end === -1 ? undefined : text.slice(start, end);
}

const byMsi: ReadonlyMap<number, WindowsKind> = new Map([
  [1033, installed],
  [1034, removed],
  [1040, begun],
  [11707, told('success')],
  [11708, told('failure')],
]);

/** The kind of an event of Windows Installer, which writes to the Application log. */
export function installerKindOf(eventId: number): WindowsKind | undefined {
  return byMsi.get(eventId);
}

// `NAME_VERSION_ARCHITECTURE_RESOURCE_PUBLISHER`
function packagePart(index: number): Reader {
  return converted(first('PackageFullName', 'PackageFamilyName'), (value) => {
    const part = (textOf(value) ?? '').split('_', 5)[index];
    return part === '' ? undefined : part;
  });
}

function appxKindOf(action: string, outcome: string): WindowsKind {
  return packageKind({
    service: 'appxdeployment-server',
    process: { executable: field('CallingProcess') },
    fields: [
      ...ecsKind('package', 'installation', action),
      ecs('event.outcome', constant(outcome)),
      ecs('package.name', packagePart(0)),
      ecs('package.version', packagePart(1)),
      ecs('package.path', first('Path')),
      ecs('package.reference', first('PackageSourceUri')),
      ecs('error.code', first('ErrorCode')),
      ...ecsImage('process', field('CallingProcess')),
    ],
  });
}

const deployed = appxKindOf('appx-deployment', 'success');
const failed = appxKindOf('appx-deployment', 'failure');
const refused = appxKindOf('appx-deployment-blocked', 'failure');
const otherAppx = packageKind({
  service: 'appxdeployment-server',
  fields: [
    ...ecsKind('package', 'info', 'appx-deployment'),
    ecs('package.name', packagePart(0)),
    ecs('package.path', first('Path')),
  ],
});

const byAppx: ReadonlyMap<number, WindowsKind> = new Map([
  [400, deployed],
  [401, failed],
  [404, failed],
  [441, refused],
  [442, refused],
  [453, refused],
  [454, refused],
]);

/** The kind of an event of the deployment of packaged apps. */
export function appxKind(eventId: number): WindowsKind {
  return byAppx.get(eventId) ?? otherAppx;
}
