import { checkedSettings } from '../settings.ts';
import type { SinkKind } from '../sink.ts';
import { KAFKA_SINK_SETTINGS } from './settings.ts';

/** Alerts in Kafka. The client is loaded when it is needed. */
export const kafka: SinkKind = {
  name: 'kafka',
  description: 'Kafka: a topic of alert documents and one of their states, keyed by alert id',
  settings: KAFKA_SINK_SETTINGS,
  canBePrimary: true,
  keepsStates: true,
  open: async (settings, context) => {
    const { openKafkaSink } = await import('./sink.ts');
    return openKafkaSink(checkedSettings(KAFKA_SINK_SETTINGS, settings), context);
  },
  check: async (settings) => {
    const { checkKafkaSink } = await import('./sink.ts');
    return checkKafkaSink(checkedSettings(KAFKA_SINK_SETTINGS, settings));
  },
};
