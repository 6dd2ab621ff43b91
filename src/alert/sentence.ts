import type { Detection, Evidence } from '../engine/engine.ts';
import type { Activity } from '../event/event.ts';
import type { Correlation } from '../language/tree.ts';
import { activityOf, deedInWords, destinationOf } from './deed.ts';
import { textsAt } from './ecs-path.ts';
import { amountInWords, limitInWords, quantityInWords } from './quantity.ts';
import { fillTemplate } from './sentence-template.ts';
import { mainEvidence, subjectOf, type Subject } from './subject.ts';
import { commonFolder, countInWords, pathInWords, spanInWords, valueInWords } from './words.ts';

/** A sentence is for reading at a glance; the rest is in the evidence. */
export const SENTENCE_LENGTH_MAX = 320;
/** The rule's key for a sentence of its own, e.g. `{agent} read {value} files[ in {folder}]`. */
export const SENTENCE_KEY = 'sentence';

/**
 * Says in one sentence who did what, how much of it and where to, from the detection alone. Texts
 * in it must be redacted already. A rule with a `sentence` is told in its own words, unless one of
 * them is missing.
 */
export function sentenceOf(detection: Detection): string {
  const told = tell(detection);
  const template = detection.rule.custom.get(SENTENCE_KEY);
  const own =
    typeof template === 'string' ? fillTemplate(template, slots(detection, told)) : undefined;
  return shortened(own ?? genericSentence(detection, told));
}

/** The parts of a sentence, in words, as far as they are known. */
interface Told {
  readonly subject: Subject;
  /** `claude_code`, else what acted, else nothing. */
  readonly actor: string | undefined;
  /** `LAP-7 (ana)`. */
  readonly where: string;
  readonly activity: Activity;
  readonly main: Evidence | undefined;
  readonly amount: string | undefined;
  readonly limit: string | undefined;
  readonly span: string | undefined;
  readonly folder: string | undefined;
  readonly destination: string | undefined;
  /** One of the deeds, a file that was read before others: it says what it was about. */
  readonly example: string | undefined;
}

function tell(detection: Detection): Told {
  const subject = subjectOf(detection);
  const activities = new Set(detection.evidence.map(activityOf));
  const [activity] = activities.size === 1 ? activities : [];
  return {
    subject,
    actor: actorOf(detection, subject),
    where: whereInWords(subject),
    activity: activity ?? 'other',
    main: mainEvidence(detection.evidence),
    amount: amountInWords(detection),
    limit: limitInWords(detection),
    span: spanOf(detection),
    folder: folderOf(detection.evidence),
    destination: destinationsInWords(detection.evidence),
    example: exampleOf(detection.evidence),
  };
}

function actorOf(detection: Detection, subject: Subject): string | undefined {
  const isLaunch = detection.evidence.every((evidence) => activityOf(evidence) === 'process_start');
  // A launch names the new process; whoever started it is its parent.
  const actor = subject.agent ?? (isLaunch ? parentName(detection.evidence) : subject.process);
  return actor === undefined ? undefined : valueInWords(actor);
}

function whereInWords(subject: Subject): string {
  const user = subject.user === undefined ? '' : ` (${valueInWords(subject.user)})`;
  return `${valueInWords(subject.host)}${user}`;
}

function parentName(evidence: readonly Evidence[]): string | undefined {
  const names = new Set(
    evidence.flatMap(({ document }) => textsAt(document, 'process.parent.name')),
  );
  const [name] = names;
  return names.size === 1 ? name : undefined;
}

function genericSentence(detection: Detection, told: Told): string {
  const { rule } = detection;
  const deed =
    rule.kind === 'detection'
      ? repeated(detection, told)
      : correlated(detection, rule.correlation, told);
  return deed === undefined
    ? titled(detection, told)
    : `${told.actor ?? 'A process'} on ${told.where} ${deed}`;
}

/**
 * The rule's title in place of a verb, with an example of what was done, or the key when there is
 * none.
 */
function titled(detection: Detection, told: Told): string {
  const who = told.actor === undefined ? told.where : `${told.actor} on ${told.where}`;
  const { rule } = detection;
  const isCount = rule.kind === 'correlation' && rule.correlation.type === 'event_count';
  const times = isCount ? [`${told.amount ?? ''} times${inSpan(told)}${toLimit(told)}`] : [];
  const key = detection.key.map(
    ({ field, value }) => `${field} ${valueInWords(value ?? 'unknown')}`,
  );
  const rest = told.example === undefined ? key : [`e.g. ${told.example}`];
  const title = valueInWords(rule.title, TITLE_SHOWN_MAX);
  return `${who}: ${[title, ...times, ...rest].join(', ')}`;
}

function inSpan(told: Told): string {
  return told.span === undefined ? '' : ` in ${told.span}`;
}

function toLimit(told: Told): string {
  return told.limit === undefined ? '' : ` (${told.limit})`;
}

const TITLE_SHOWN_MAX = 120;

/**
 * The deed, and how often when an alert of a rule without window stands for several (`suppress`).
 */
function repeated({ count }: Detection, told: Told): string | undefined {
  const deed = singleDeed(told);
  return deed === undefined || count < 2 ? deed : `${deed}, ${countInWords(count)} times so far`;
}

function singleDeed(told: Told): string | undefined {
  return told.main === undefined ? undefined : deedInWords(told.main);
}

function correlated(
  detection: Detection,
  correlation: Correlation,
  told: Told,
): string | undefined {
  const within = inSpan(told);
  switch (correlation.type) {
    case 'temporal':
      return sequence(detection.evidence, ' and ', within);
    case 'temporal_ordered':
      return sequence(detection.evidence, ', then ', within);
    case 'first_seen': {
      const deed = singleDeed(told);
      return deed === undefined ? undefined : `${deed}, for the first time`;
    }
    case 'event_count':
    case 'value_count':
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      if (told.amount === undefined) return undefined;
      if (correlation.type === 'event_count' && told.activity === 'other') return undefined;
      return [
        quantityInWords(correlation, told.activity, told.amount),
        within,
        toLimit(told),
        placeOf(told),
      ].join('');
  }
}

const DEEDS_TOLD_MAX = 3;

/** The first event of each referenced rule, in the order of time. */
function sequence(
  evidence: readonly Evidence[],
  joint: string,
  within: string,
): string | undefined {
  const deeds = new Map<string, string>();
  for (const event of evidence.toSorted((a, b) => a.time - b.time)) {
    const deed = deeds.has(event.ruleId) ? undefined : deedInWords(event);
    if (deed !== undefined) deeds.set(event.ruleId, deed);
  }
  if (deeds.size < 2) return undefined;
  const all = [...deeds.values()].slice(0, DEEDS_TOLD_MAX).join(joint);
  return within === '' ? all : `${all}, all${within}`;
}

/**
 * The window's width while it opens; the time from first to last once the episode has outgrown it.
 */
function spanOf(detection: Detection): string | undefined {
  if (detection.window === undefined) return undefined;
  const lasted = detection.lastTime - detection.firstTime;
  return spanInWords(Math.max(detection.window.timespanMs, lasted));
}

function folderOf(evidence: readonly Evidence[]): string | undefined {
  const paths = evidence.flatMap(({ document }) => textsAt(document, 'file.path'));
  const folder = paths.length < 2 ? undefined : commonFolder(paths);
  return folder === undefined ? undefined : pathInWords(folder);
}

function destinationsInWords(evidence: readonly Evidence[]): string | undefined {
  const found = new Set<string>();
  for (const { document } of evidence) {
    const destination = destinationOf(document);
    if (destination !== undefined) found.add(destination);
  }
  const [first] = found;
  if (first === undefined) return undefined;
  return found.size === 1 ? valueInWords(first) : `${valueInWords(first)} and others`;
}

function exampleOf(evidence: readonly Evidence[]): string | undefined {
  const reads = evidence.filter((event) => activityOf(event) === 'file_read');
  for (const event of [...reads, ...evidence]) {
    const deed = deedInWords(event);
    if (deed !== undefined) return deed;
  }
  return undefined;
}

function placeOf(told: Told): string {
  if (told.destination !== undefined) return ` to ${told.destination}`;
  return told.folder === undefined ? '' : `, ${told.folder}`;
}

/** What a rule's own sentence can name. A dotted name is a field of the main event. */
function slots(detection: Detection, told: Told): (name: string) => string | undefined {
  const { subject } = told;
  const known: ReadonlyMap<string, string | undefined> = new Map([
    ['agent', subject.agent],
    ['actor', told.actor],
    ['where', told.where],
    ['host', subject.host],
    ['user', subject.user],
    ['process', subject.process],
    ['count', countInWords(detection.count)],
    ['value', told.amount],
    ['limit', told.limit?.replace('limit ', '')],
    ['span', told.span],
    ['folder', told.folder],
    ['destination', told.destination],
    ['deed', singleDeed(told)],
    ['example', told.example],
  ]);
  return (name) => {
    if (known.has(name)) {
      const text = known.get(name);
      return text === undefined ? undefined : valueInWords(text, SENTENCE_LENGTH_MAX);
    }
    const inKey = detection.key.find(({ field }) => field === name)?.value ?? undefined;
    const text =
      inKey ?? (told.main === undefined ? undefined : textsAt(told.main.document, name)[0]);
    return text === undefined ? undefined : valueInWords(text);
  };
}

function shortened(sentence: string): string {
  if (sentence.length <= SENTENCE_LENGTH_MAX) return sentence;
  const characters = [...sentence];
  if (characters.length <= SENTENCE_LENGTH_MAX) return sentence;
  return `${characters.slice(0, SENTENCE_LENGTH_MAX - 1).join('')}…`;
}
