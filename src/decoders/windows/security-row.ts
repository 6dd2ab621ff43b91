import type { Activity } from '../../event/event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { logsource } from '../../event/logsource.ts';
import { isMeant } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import type { WindowsKind } from './kind.ts';

/** `DOMAIN\name` from the two fields that Security events have for it. */
export function account(role: 'Subject' | 'Target'): Reader {
  return (data) => {
    const name = textOf(ownField(data, `${role}UserName`));
    if (!isMeant(name)) return undefined;
    const domain = textOf(ownField(data, `${role}DomainName`));
    return isMeant(domain) ? `${domain}\\${name}` : name;
  };
}

/** What events of the Security log have in common. */
export interface SecurityRow {
  readonly categories?: readonly string[];
  readonly activity?: Activity;
  readonly process?: ProcessReaders;
  readonly aliases?: ReadonlyMap<string, Reader>;
  readonly fields: readonly EcsField[];
  readonly showsData?: boolean;
}

/** The kind of an event of the Security log. */
export function securityRow(row: SecurityRow): WindowsKind {
  return {
    sensor: 'windows',
    logsource: logsource('windows', row.categories ?? [], ['security']),
    activity: row.activity ?? 'other',
    aliases: row.aliases ?? new Map(),
    process: row.process,
    isWrittenBySubject: false,
    ecs: row.fields,
    hasSpacedNames: false,
    showsData: row.showsData ?? false,
  };
}
