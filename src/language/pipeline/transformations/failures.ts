import type { TransformationKind } from '../pipeline.ts';

/** `rule_failure`: refuses the rules that its conditions choose. */
export const ruleFailure: TransformationKind = {
  type: 'rule_failure',
  summary: 'Refuses rules.',
  read: (keys) => {
    keys.required('message');
    const message = keys.text('message', 1000) ?? '';
    return {
      scope: 'rule',
      change: (rule, run) => {
        run.fail(message);
        return rule;
      },
    };
  },
};

/** `detection_item_failure`: refuses rules with items that its conditions choose. */
export const detectionItemFailure: TransformationKind = {
  type: 'detection_item_failure',
  summary: 'Refuses rules with certain items.',
  read: (keys) => {
    keys.required('message');
    const message = keys.text('message', 1000) ?? '';
    return {
      scope: 'item',
      change: ({ expression }, run) => {
        run.fail(message);
        return expression;
      },
    };
  },
};
