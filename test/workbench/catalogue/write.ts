// Writes schemas/fields.json anew: which sensors fill which fields of which log source, by the fixtures. With
// the path of a folder of Sigma rules, the names that they use are taken in too.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { knownLogsources } from '../../../src/event/logsource.ts';
import { fieldsOfRule } from '../../../src/language/fields.ts';
import { readRules } from '../../../src/language/read.ts';
import { computedFields } from '../../../src/workbench/catalogue.ts';
import { filesBelow } from '../../../src/runtime/rule-files.ts';
import { catalogueKeys, seenFields, type FieldTable } from './seen.ts';

// Names of Sigma's taxonomy that few rules use and correlations need.
const COMMON: readonly string[] = [
  ...['Computer', 'EventID', 'Channel', 'Image', 'User', 'ProcessId', 'ProcessGuid', 'CommandLine'],
  ...['ParentImage', 'ParentProcessId', 'ParentProcessGuid', 'TargetFilename', 'Hashes'],
  ...['DestinationHostname', 'DestinationIp', 'DestinationPort', 'SourceIp', 'SourcePort'],
  ...['Protocol', 'QueryName', 'Details', 'TargetObject', 'Signed', 'Signature', 'cs-bytes'],
  ...['source.bytes', 'destination.ip', 'destination.port', 'gen_ai.agent.name'],
];

const path = resolve(import.meta.dirname, '../../../schemas/fields.json');
const old = JSON.parse(readFileSync(path, 'utf8')) as { readonly logsources: FieldTable };
const names = new Map(
  Object.entries(old.logsources).map(([key, fields]) => [key, new Set(Object.keys(fields))]),
);

for (const file of filesBelow(process.argv.slice(2))) {
  for (const rule of readRules(readFileSync(file, 'utf8'), file).rules) {
    if (rule.kind !== 'detection') continue;
    const { product, category, service } = rule.logsource;
    const key = category ?? (service === undefined ? product : `${product}/${service}`);
    if (key === undefined) continue;
    const fields = names.get(key) ?? new Set<string>();
    names.set(key, fields);
    for (const field of fieldsOfRule(rule)) fields.add(field);
  }
}

const computed = new Set(computedFields());
for (const key of knownLogsources().flatMap(catalogueKeys)) {
  if (!names.has(key)) names.set(key, new Set());
}
const asked = Object.fromEntries(
  [...names].map(([key, fields]) => [
    key,
    Object.fromEntries([...fields, ...COMMON].map((field) => [field, ''])),
  ]),
);
const seen = seenFields(asked);
const logsources = Object.fromEntries(
  [...names]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, fields]) => {
      const filled = seen.get(key) ?? new Map<string, string>();
      const all = [...new Set([...fields, ...filled.keys()])].filter(
        (field) => !computed.has(field),
      );
      return [key, Object.fromEntries(all.sort().map((field) => [field, filled.get(field) ?? '']))];
    }),
);
writeFileSync(path, `${JSON.stringify({ logsources }, undefined, 2)}\n`);
