import type { LogsourcePattern } from '../../../event/logsource.ts';
import { definedOnly } from '../../header.ts';
import type { TransformationKind } from '../pipeline.ts';

/** `change_logsource`: another log source in place of the rule's; what is not given is unset. */
export const changeLogsource: TransformationKind = {
  type: 'change_logsource',
  summary: "Replaces the rule's log source.",
  read: (keys) => {
    const logsource: LogsourcePattern = definedOnly({
      product: keys.text('product', 256),
      category: keys.text('category', 256),
      service: keys.text('service', 256),
    });
    if (Object.keys(logsource).length === 0) {
      const message = 'the log source names no category, product or service';
      keys.reporter.report('invalid-pipeline', keys.offset, message);
      return undefined;
    }
    const scope = 'rule' as const;
    return {
      scope,
      change: (rule) => (rule.kind === 'correlation' ? rule : { ...rule, logsource }),
    };
  },
};
