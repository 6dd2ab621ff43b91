import { join } from 'node:path';

import { Failure } from '../../base/failure.ts';
import { createAutoDecoder } from '../../decoders/index.ts';
import { connectionOf, type KafkaSettings } from '../../kafka/settings.ts';
import { openKafkaTopics, type KafkaTopics } from '../../kafka/topics.ts';
import { sinkKind } from '../../sinks/index.ts';
import type { Config, PartConfig } from '../config/config.ts';
import { createDetector } from '../detector.ts';
import { BUNDLED_RULES } from '../rule-files.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** What a configuration names: rules, sources, stores and sinks, each looked at without a write. */
export async function checkServices(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [...checkRules(config)];
  for (const { kind, name, settings } of config.sources) {
    if (kind === 'kafka') findings.push(...(await checkTopics(`sources.${name}`, settings)));
  }
  if (config.checkpoints.kind === 'kafka') {
    const { settings } = config.checkpoints;
    const given = settings as unknown as KafkaSettings & { readonly topic?: string };
    findings.push(
      ...(await checkOwnTopic('checkpoints', { topic: 'tidegate-checkpoints', ...given })),
    );
  }
  if (config.acrossHosts !== undefined) {
    findings.push(...(await checkOwnTopic('across_hosts', config.acrossHosts)));
  }
  if (config.deadLetterTopic !== undefined) {
    findings.push(...(await checkOwnTopic('dead_letter', config.deadLetterTopic, 'make it')));
  }
  findings.push(...(await checkSink('primary', config.primary)));
  for (const sink of config.secondary) {
    findings.push(...(await checkSink(`secondary.${sink.name}`, sink)));
  }
  return findings;
}

function checkRules({ rules, lists, pipelines, limits }: Config): readonly Finding[] {
  try {
    const { ruleSet, problems } = createDetector({
      rules: rules.length > 0 ? rules : [BUNDLED_RULES],
      lists: [join(BUNDLED_RULES, 'lists'), ...lists],
      pipelines,
      limits,
      decoder: createAutoDecoder(),
    });
    const count = ruleSet.detections.length + ruleSet.correlations.length;
    const broken = problems.filter(({ severity }) => severity === 'error').length;
    const detail = `${count} loaded, ${broken} broken`;
    if (count === 0) return [fail('rules', 'loaded', 'none; look at rules in the configuration')];
    return [broken === 0 ? ok('rules', 'loaded', detail) : warn('rules', 'loaded', detail)];
  } catch (error) {
    return [fail('rules', 'loaded', messageOf(error))];
  }
}

interface TopicSettings extends KafkaSettings {
  readonly topics: readonly string[];
}

async function checkTopics(
  part: string,
  settings: PartConfig['settings'],
): Promise<readonly Finding[]> {
  const given = settings as unknown as TopicSettings;
  return asking(part, given, async (topics) => {
    const found = await topics.list();
    const findings = [ok(part, 'brokers', given.brokers.join(', '))];
    const named = given.topics.filter((name) => !name.startsWith('/'));
    const counts = new Set<number>();
    for (const name of named) {
      const topic = found.find((each) => each.name === name);
      if (topic === undefined) {
        findings.push(
          fail(part, `topic ${name}`, 'is not there, or may not be read: look at ACLs'),
        );
        continue;
      }
      counts.add(topic.partitions);
      findings.push(await checkClock(part, name, topic.partitions, topics));
    }
    if (counts.size > 1) {
      const detail = `${[...counts].join(', ')}: topics that are read together need the same number`;
      findings.push(fail(part, 'partitions', detail));
    }
    return findings;
  });
}

async function checkClock(
  part: string,
  name: string,
  partitions: number,
  topics: KafkaTopics,
): Promise<Finding> {
  const type = await topics.timestampType(name);
  const count = `${partitions} partitions`;
  if (type === 'LogAppendTime') return ok(part, `topic ${name}`, `${count}, LogAppendTime`);
  return warn(
    part,
    `topic ${name}`,
    `${count}, ${type ?? 'its settings may not be read'}: with message.timestamp.type=LogAppendTime ` +
      'a host that claims a time far ahead is seen at once',
  );
}

async function checkOwnTopic(
  part: string,
  settings: KafkaSettings & { readonly topic: string },
  whoMakesIt: 'a start makes it' | 'make it' = 'a start makes it',
): Promise<readonly Finding[]> {
  const { topic: name } = settings;
  return asking(part, settings, async (topics) => {
    const topic = (await topics.list()).find((each) => each.name === name);
    if (topic === undefined) {
      const say = whoMakesIt === 'make it' ? fail : warn;
      return [say(part, `topic ${name}`, `is not there; ${whoMakesIt}`)];
    }
    return [ok(part, `topic ${name}`, `${topic.partitions} partitions`)];
  });
}

async function asking(
  part: string,
  settings: KafkaSettings,
  ask: (topics: KafkaTopics) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    await using topics = openKafkaTopics(connectionOf(settings, 'tidegate-doctor'));
    return await ask(topics);
  } catch (error) {
    return [fail(part, 'brokers', messageOf(error))];
  }
}

async function checkSink(
  part: string,
  { kind, settings }: PartConfig,
): Promise<readonly Finding[]> {
  try {
    const found = (await sinkKind(kind).check?.(settings)) ?? [];
    return found.map(({ what, isOk, detail }) => (isOk ? ok : fail)(part, what, detail));
  } catch (error) {
    return [fail(part, kind, messageOf(error))];
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return error.message;
}
