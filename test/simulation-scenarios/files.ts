import { fileURLToPath } from 'node:url';
import type { JsonSchema } from '../../src/base/schema.ts';
import type { Scenario } from '../../src/simulation/scenario.ts';

/** Where a bundled file of a scenario lies. */
export function scenarioFile(name: string, ending: 'ndjson.gz' | 'labels.json'): string {
  return fileURLToPath(new URL(`../../fixtures/scenarios/${name}.${ending}`, import.meta.url));
}

/** The labels as they are committed, times readable. */
export function labelText(scenario: Scenario): string {
  const labels = scenario.labels.map((label) => ({
    name: label.name,
    host: label.host,
    from: new Date(label.from).toISOString(),
    to: new Date(label.to).toISOString(),
    rule: label.rule,
    description: label.description,
  }));
  return `${JSON.stringify(labels, null, 2)}\n`;
}

/** The JSON Schema of scenario files, for editors. */
export const scenarioSchemaFile: string = fileURLToPath(
  new URL('../../fixtures/scenarios/scenario.schema.json', import.meta.url),
);

export function schemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
