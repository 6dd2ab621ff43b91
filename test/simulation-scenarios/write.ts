// Writes the bundled scenarios' telemetry and labels, and the schema of scenario files: `node test/simulation-scenarios/write.ts`.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { scenarios } from '../../src/simulation/index.ts';
import { telemetry } from '../../src/simulation/telemetry.ts';
import { storySchema } from '../../src/simulation/story/schema.ts';
import { labelText, scenarioFile, scenarioSchemaFile, schemaText } from './files.ts';

writeFileSync(scenarioSchemaFile, schemaText(storySchema));
for (const scenario of scenarios) {
  const lines = telemetry(scenario);
  const bytes = gzipSync(`${lines.join('\n')}\n`, { level: 9 });
  writeFileSync(scenarioFile(scenario.name, 'ndjson.gz'), bytes);
  writeFileSync(scenarioFile(scenario.name, 'labels.json'), labelText(scenario));
  process.stdout.write(`${scenario.name}: ${lines.length} records, ${bytes.length} bytes packed\n`);
}
