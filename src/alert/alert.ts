import type { Detection } from '../engine/engine.ts';
import type { EcsDocument } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { Level } from '../language/tree.ts';
import { alertDocument } from './alert-document.ts';
import { evidenceShown } from './evidence.ts';
import { alertId } from './identity.ts';
import type { Redactor } from './redaction.ts';
import { sentenceOf } from './sentence.ts';

/** A detection given identity, words and a form that other tools read. */
export interface Alert {
  readonly id: string;
  /** Start of the episode, or time of the event. */
  readonly time: EventTime;
  /**
   * When the log took the newest record that counted, where it says so (LogAppendTime). Unlike the
   * event's own time it can be trusted.
   */
  readonly recordTime?: EventTime;
  readonly level: Level;
  readonly ruleId: string;
  /**
   * The ECS document, written once and never changed. Undefined when an open episode grew: its
   * document was written when it opened.
   */
  readonly document: EcsDocument | undefined;
  readonly state: AlertState;
}

/** What changes while an episode lasts. A store keeps the one with the highest version. */
export interface AlertState {
  readonly id: string;
  /**
   * Contributing events so far, so that a later state always wins, whatever the order of arrival.
   */
  readonly version: number;
  readonly firstSeen: EventTime;
  readonly lastSeen: EventTime;
  /** What the condition was held against; undefined for a rule without window. */
  readonly value: number | undefined;
  readonly sentence: string;
  readonly evidence: readonly EcsDocument[];
}

/** What an alert takes from outside of the detection. */
export interface AlertContext {
  readonly redactor: Redactor;
}

/** Turns a detection into its alert. The same detection always gives the same alert. */
export function createAlert(detection: Detection, context: AlertContext): Alert {
  return alertOf(alertId(detection), detection, context);
}

/**
 * Turns a batch of detections into alerts, one for each episode: its document as it opened, its
 * state as it stands at the end of the batch. A burst that grows an episode a thousand times is
 * written once.
 */
export function createAlerts(
  detections: readonly Detection[],
  context: AlertContext,
): readonly Alert[] {
  const episodes = new Map<string, { opened: Detection | undefined; latest: Detection }>();
  for (const detection of detections) {
    const id = alertId(detection);
    const episode = episodes.get(id);
    const opened = detection.phase === 'opened' ? detection : undefined;
    if (episode === undefined) {
      episodes.set(id, { opened, latest: detection });
    } else {
      episode.opened ??= opened;
      if (detection.count >= episode.latest.count) episode.latest = detection;
    }
  }
  const alerts: Alert[] = [];
  for (const [id, { opened, latest }] of episodes) {
    const alert = alertOf(id, latest, context);
    const hasGrown = opened !== undefined && opened !== latest;
    alerts.push(hasGrown ? { ...alert, document: alertOf(id, opened, context).document } : alert);
  }
  return alerts;
}

function alertOf(id: string, detection: Detection, context: AlertContext): Alert {
  const time = detection.episodeStart ?? detection.firstTime;
  const shown = redacted(detection, context.redactor);
  const sentence = sentenceOf(shown);
  const evidence = evidenceShown(shown.evidence);
  const recordTime = newestRecord(detection);
  return {
    id,
    time,
    ...(recordTime === undefined ? {} : { recordTime }),
    level: detection.rule.level,
    ruleId: detection.rule.id,
    document:
      detection.phase === 'opened'
        ? alertDocument({ id, time, detection: shown, sentence, evidence })
        : undefined,
    state: {
      id,
      version: detection.count,
      firstSeen: detection.firstTime,
      lastSeen: detection.lastTime,
      value: detection.value,
      sentence,
      evidence,
    },
  };
}

function newestRecord({ evidence }: Detection): EventTime | undefined {
  let newest: EventTime | undefined;
  for (const { recordTime } of evidence) {
    if (recordTime !== undefined && (newest === undefined || recordTime > newest)) {
      newest = recordTime;
    }
  }
  return newest;
}

// Everything that is said of a detection is said of this copy, so no secret can slip past.
function redacted(detection: Detection, redactor: Redactor): Detection {
  return {
    ...detection,
    host: redactor.text(detection.host),
    key: detection.key.map(({ field, value }) => ({
      field,
      value: value === null ? null : redactor.text(value),
    })),
    evidence: detection.evidence.map((evidence) => ({
      ...evidence,
      document: redactor.document(evidence.document),
    })),
  };
}
