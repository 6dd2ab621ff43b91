import { expect } from 'chai';

import type { TelemetryEvent } from '../../src/event/event.ts';

const FIELDS: readonly string[] = [
  'Image',
  'CommandLine',
  'ParentImage',
  'User',
  'Hashes',
  'md5',
  'EventID',
  'TargetFilename',
  'TargetObject',
  'QueryName',
  'QueryResults',
  'DestinationIp',
  'DestinationHostname',
  'c-uri',
  'c-uri-query',
  'cs-bytes',
  'properties.message',
  'secret.name',
  'source.bytes',
  'a.b.c',
  '__proto__',
  'constructor',
];

/** Everything that a consumer may do with an event, to show that none of it throws. */
export function useEvent(event: TelemetryEvent): void {
  expect(Number.isInteger(event.time) && event.time >= 0, 'time').to.equal(true);
  expect(event.host, 'host').to.be.a('string').with.length.greaterThan(0);
  expect(event.id, 'id').to.be.a('string').with.length.greaterThan(0);
  event.process();
  JSON.stringify(event.document());
  event.someValue((value) => typeof value === 'object' && value !== null);
  for (const name of FIELDS) {
    const value: unknown = event.get(name);
    expect(typeof value, name).to.be.oneOf(['undefined', 'string', 'number', 'boolean', 'object']);
    if (typeof value === 'object' && value !== null) expect(value, name).to.be.an('array');
  }
}

/** Replaces the value at a place that is found by walking the object with these steps. */
export function replaceAt(whole: unknown, steps: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof whole !== 'object' || whole === null) return replacement;
  const copy: Record<string, unknown> = { ...(whole as Record<string, unknown>) };
  const names = Object.keys(copy);
  const name = names[step % Math.max(names.length, 1)];
  if (name === undefined) return replacement;
  copy[name] = replaceAt(copy[name], rest, replacement);
  return Array.isArray(whole) ? Object.values(copy) : copy;
}
