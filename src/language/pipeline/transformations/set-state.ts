import type { TransformationKind } from '../pipeline.ts';

/** `set_state`: remembers a value for later conditions (`processing_state`) on the same rule. */
export const setState: TransformationKind = {
  type: 'set_state',
  summary: 'Remembers a value that conditions of later transformations can ask for.',
  read: (keys) => {
    keys.required('key');
    keys.required('val');
    const key = keys.text('key', 256);
    const value = keys.text('val', 65_535);
    if (key === undefined || value === undefined) return undefined;
    return {
      scope: 'rule',
      change: (rule, run) => {
        run.state.set(key, value);
        return rule;
      },
    };
  },
};
