import type { TransformationKind } from '../pipeline.ts';

/** `drop_detection_item`: takes items out of their selection. */
export const dropDetectionItem: TransformationKind = {
  type: 'drop_detection_item',
  summary: 'Takes the items that its conditions choose out of the rule.',
  read: () => ({ scope: 'item', change: () => undefined }),
};
