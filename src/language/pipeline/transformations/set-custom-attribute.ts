import { plainYaml } from '../../../base/yaml.ts';
import type { TransformationKind } from '../pipeline.ts';

/** `set_custom_attribute`: a custom key of the rule, or its taxonomy. */
export const setCustomAttribute: TransformationKind = {
  type: 'set_custom_attribute',
  summary: 'Sets a custom key of the rule; `taxonomy` says that its fields are mapped.',
  read: (keys) => {
    keys.required('attribute');
    const attribute = keys.text('attribute', 256);
    const node = keys.required('value');
    if (attribute === undefined || node === undefined) return undefined;
    const value = plainYaml(node);
    return {
      scope: 'rule',
      change: (rule) =>
        attribute === 'taxonomy' && typeof value === 'string'
          ? { ...rule, taxonomy: value }
          : { ...rule, custom: new Map(rule.custom).set(attribute, value) },
    };
  },
};
