import { ecsKind, ecsUser } from '../../event/ecs-fields.ts';
import { converted, first, integer } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';
import { serviceKind } from './service-kind.ts';

const DRIVE = /^[A-Za-z]:\\/;

// 307. What was printed has a name and a size, and a path where the printer is a file (PDF). `Param8` is pages.
const printed = serviceKind({
  service: 'printservice-operational',
  fields: [
    ...ecsKind('file', 'access', 'print'),
    ecs('file.name', first('Param2')),
    ecs('file.size', integer(first('Param7'))),
    ecs(
      'file.path',
      converted(first('Param6'), (value) =>
        typeof value === 'string' && DRIVE.test(value) ? value : undefined,
      ),
    ),
    ...ecsUser('user', first('Param3')),
    ecs('printer.name', first('Param5')),
    ecs('printer.pages', integer(first('Param8'))),
  ],
});

const other = serviceKind({
  service: 'printservice-operational',
  fields: ecsKind('host', 'info', 'print-service'),
});

/** The kind of an event of the print service. */
export function printServiceKind(eventId: number): WindowsKind {
  return eventId === 307 ? printed : other;
}
