// The control: a bare kafkajs consumer that parses each record as JSON and does nothing else. Prints
// records and processor seconds of this process, once a second.
import { createKafkajs } from '../../src/kafka/kafkajs.ts';
import { defaultKafkaLimits } from '../../src/sources/kafka/options.ts';

const [brokers = '', topic = ''] = process.argv.slice(2);
const { partitionBytesMax, fetchBytesMax, fetchWaitMsMax } = defaultKafkaLimits;
const consumer = createKafkajs({ brokers: brokers.split(','), clientId: 'bare' }).consumer({
  groupId: `bare-${String(process.pid)}`,
  maxBytesPerPartition: partitionBytesMax,
  maxBytes: fetchBytesMax,
  maxWaitTimeInMs: fetchWaitMsMax,
});
let records = 0;
let members = 0;
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: ({ batch }) => {
    for (const { value } of batch.messages) {
      if (value === null) continue;
      const parsed = JSON.parse(value.toString()) as object;
      members += parsed === null ? 0 : 1;
    }
    records += batch.messages.length;
    return Promise.resolve();
  },
});
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const residentBytes = process.memoryUsage.rss();
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(`${JSON.stringify({ records, members, cpuSeconds, residentBytes })}\n`);
}, 1_000);
