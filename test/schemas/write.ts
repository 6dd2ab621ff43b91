// Writes the JSON Schemas of schemas/*.schema.json anew, from the code that reads those files.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';

import { fileSchemas } from '../../src/workbench/schemas.ts';

const folder = resolve(import.meta.dirname, '../../schemas');
for (const [name, schema] of Object.entries(fileSchemas())) {
  const path = resolve(folder, name);
  const options = { ...(await resolveConfig(path)), filepath: path };
  writeFileSync(path, await format(JSON.stringify(schema), options));
}
