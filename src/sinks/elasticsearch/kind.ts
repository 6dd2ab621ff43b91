import { checkedSettings } from '../settings.ts';
import type { SinkKind } from '../sink.ts';
import { ELASTICSEARCH_SETTINGS } from './settings.ts';

/**
 * Alerts in Elasticsearch. The client is loaded when it is needed: that takes longer than the rest
 * of a start.
 */
export const elasticsearch: SinkKind = {
  name: 'elasticsearch',
  description: 'Elasticsearch 9 (or 8 with `compat: 8`): alerts as ECS documents by month',
  settings: ELASTICSEARCH_SETTINGS,
  canBePrimary: true,
  keepsStates: true,
  open: async (settings, context) => {
    const { openElasticsearchSink } = await import('./sink.ts');
    return openElasticsearchSink(checkedSettings(ELASTICSEARCH_SETTINGS, settings), context);
  },
  check: async (settings) => {
    const { checkElasticsearch } = await import('./preparation.ts');
    return checkElasticsearch(checkedSettings(ELASTICSEARCH_SETTINGS, settings));
  },
};
