import { writeFileSync } from 'node:fs';
import { buildModule, modules } from './build.ts';

for (const module of modules) writeFileSync(module.compiled, await buildModule(module));
