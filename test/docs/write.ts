// Runs the commands of docs/tutorial.md and writes down what they print now. Read the difference before it
// is committed.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { rewritten, runSteps, stepsOf } from './transcript.ts';

const path = resolve(import.meta.dirname, '../../docs/tutorial.md');
const text = readFileSync(path, 'utf8');
writeFileSync(path, rewritten(text, runSteps(stepsOf(text))));
