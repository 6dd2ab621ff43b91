import type { Alert } from '../../src/alert/alert.ts';
import { createAlert } from '../../src/alert/alert.ts';
import { createRedactor } from '../../src/alert/redaction.ts';
import type { Level } from '../../src/language/tree.ts';
import { correlationRule, fileRead, NOON, windowed } from '../alert/detections.ts';

const context = { redactor: createRedactor(new Uint8Array(32).fill(7)) };

/** What can be asked of a sample alert. */
export interface SampleOptions {
  readonly version?: number;
  readonly hasDocument?: boolean;
  readonly level?: Level;
  readonly ruleId?: string;
}

/** An alert of its own for each number; a later number was seen a second later. */
export function sampleAlert(number: number, options: SampleOptions = {}): Alert {
  const { version = 2, hasDocument = true, level = 'high', ruleId = 'rule-1' } = options;
  const document = fileRead(`/srv/payroll/${number}.pdf`, { host: { name: `LAP-${number}` } });
  return createAlert(
    windowed(
      [document, document],
      {},
      {
        rule: correlationRule({}, { id: ruleId, title: `Title of ${ruleId}`, level }),
        phase: hasDocument ? 'opened' : 'grown',
        host: `LAP-${number}`,
        episodeStart: NOON + number * 1000,
        firstTime: NOON + number * 1000,
        lastTime: NOON + number * 1000 + version,
        count: version,
        value: version,
      },
    ),
    context,
  );
}
