import { appendFileSync } from 'node:fs';
import { Counter, Registry } from 'prom-client';
import { answerParent } from '../../../src/runtime/workers/answer.ts';

// What a supervisor starts in tests: [number, journal, behaviour].
const [worker = '', journal = '', behaviour = ''] = process.argv.slice(2);
const registry = new Registry();
new Counter({ name: 'records_total', help: 'records', registers: [registry] }).inc(Number(worker));

const note = (text: string): void => appendFileSync(journal, `${worker} ${text}\n`);
const alive = setInterval(() => undefined, 1000);
const end = (why: string, code = 0): void => {
  note(why);
  clearInterval(alive);
  process.exit(code);
};
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGHUP', () => note('SIGHUP'));
process.on('SIGUSR2', () => {
  if (behaviour === '') process.kill(process.pid, 'SIGKILL');
  if (behaviour === 'gives up' && worker === '2') end('gave up', 1);
});
if (behaviour === 'is done' && worker === '2') setTimeout(() => end('done'), 50);
note('began');
answerParent(
  async () => ({
    isAlive: true,
    notReady: worker === '2' && behaviour === 'waits' ? ['starting'] : [],
    metrics: await registry.getMetricsAsJSON(),
  }),
  () => end('orphaned'),
);
