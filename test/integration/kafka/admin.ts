import type { Admin } from 'kafkajs';

import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { createKafkajs } from '../../../src/kafka/kafkajs.ts';

/** Lends an administrator of the cluster. */
export async function withAdmin<T>(
  connection: KafkaConnection,
  action: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = createKafkajs(connection).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Adds partitions to a topic, up to so many. */
export async function grow(
  connection: KafkaConnection,
  topic: string,
  count: number,
): Promise<void> {
  await withAdmin(connection, (admin) =>
    admin.createPartitions({ topicPartitions: [{ topic, count }] }),
  );
}

/** Deletes the records of partition 0 before an offset, as retention would. */
export async function deleteBefore(
  connection: KafkaConnection,
  topic: string,
  offset: number,
): Promise<void> {
  await withAdmin(connection, async (admin) => {
    // kafkajs looks for the leader among topics that it has been asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: 0, offset: String(offset) }],
    });
  });
}
