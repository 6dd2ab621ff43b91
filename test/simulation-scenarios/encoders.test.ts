import { expect } from 'chai';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { Activity, TelemetryEvent } from '../../src/event/event.ts';
import type { Action, Deed } from '../../src/simulation/action.ts';
import { encoders } from '../../src/simulation/encoders/index.ts';
import { readStory } from '../../src/simulation/story/read.ts';
import type { Story } from '../../src/simulation/story/story.ts';
import { sensorOf } from '../../src/workbench/simulation/matrix.ts';
import {
  decodeTrial,
  hostNames,
  prepareTrials,
  type Trial,
} from '../../src/workbench/simulation/trial.ts';
import { isSeen, needsOf } from '../../src/workbench/simulation/visibility.ts';

// One deed of every kind that there is.
const EVERYTHING = `
title: Every deed once
kind: honest
description: What encoders are held against.
agent: claude_code
deeds:
  - at: 1s
    start: helper
    program: python
    arguments: 'tools/do.py --all'
    for: 60s
    does:
      - { at: 1s, read: '{payroll}/a.xlsx' }
      - { at: 2s, create: '{payroll}/b.xlsx' }
      - { at: 3s, write: '{payroll}/b.xlsx' }
      - { at: 4s, rename: '{payroll}/b.xlsx', to: '{payroll}/c.xlsx' }
      - { at: 5s, delete: '{payroll}/c.xlsx' }
      - { at: 7s, upload: 'https://files.example.net/in', bytes: 70000, file: c.zip, type: application/zip }
      - { at: 9s, resolve: data.example.net }
      - { at: 10s, copy: 'salary' }
      - { at: 11s, paste: true }
      - { at: 12s, listen: 11434, address: 0.0.0.0 }
      - { at: 13s, accept: 203.0.113.9, port: 11434 }
      - { at: 14s, print: '{payroll}/c.xlsx', pages: 3 }
      - { at: 15s, mount: STICK }
      - { at: 16s, set: 'HKU\\S-1\\Software\\Run\\x', value: 'y' }
      - { at: 17s, tool: Read, input: { file_path: '{payroll}/a.xlsx' } }
      - { at: 18s, token: grant, audience: crm.corp.example }
`;

const story = storyOf(EVERYTHING);

/** What these deeds become, where they are told of at all. */
const activities: Partial<Readonly<Record<Deed['kind'], readonly Activity[]>>> = {
  launch: ['process_start'],
  exit: ['process_end'],
  read: ['file_read'],
  create: ['file_write'],
  write: ['file_write'],
  rename: ['file_write', 'other'],
  delete: ['file_delete'],
  connect: ['connection'],
  accept: ['connection'],
  resolve: ['dns'],
  copy: ['clipboard'],
  paste: ['clipboard'],
};

for (const encoder of encoders) {
  describe(`the encoder ${encoder.name}`, () => {
    const sensor = sensorOf(encoder);
    const trials = prepareTrials(story, encoder, { seed: 'all' });

    it('writes nothing that its sensor can not see', () => {
      const told = trials.flatMap(({ deliveries }) => deliveries.map(({ action }) => action.deed));
      const unseen = told.filter(
        (deed) => !needsOf(deed, 'alone').every((need) => isSeen(sensor, need)),
      );
      const kinds = [...new Set(unseen.map(({ kind }) => kind))];
      expect(kinds.filter((kind) => !isBeside(encoder.sensor, kind))).to.deep.equal([]);
      expect(told).to.not.deep.equal([]);
    });

    for (const trial of trials) {
      const { system } = trial.play.host;

      it(`writes records on ${system} that are read as what was done`, () => {
        expect(wrongEvents(trial)).to.deep.equal([]);
      });

      it(`tells on ${system} of reads, writes, lookups and connections if its sensor says so`, () => {
        const told = new Set(trial.deliveries.map(({ action }) => action.deed.kind));
        const silent = (['launch', 'read', 'create', 'resolve'] as const).filter((kind) => {
          const deed = trial.play.actions.find((action) => action.deed.kind === kind)?.deed;
          const needs = deed === undefined ? [] : needsOf(deed, 'alone');
          return (
            deed !== undefined && needs.every((need) => isSeen(sensor, need)) && !told.has(kind)
          );
        });
        expect(silent.filter((kind) => !isExcused(encoder.sensor, system, kind))).to.deep.equal([]);
      });
    }

    it('writes the same for the same seed, and other for another', () => {
      const text = (seed: string): string =>
        prepareTrials(story, encoder, { seed })
          .flatMap(({ deliveries }) => deliveries.map(({ line }) => line))
          .join('\n');
      expect(text('a')).to.equal(text('a'));
      expect(text('a')).to.not.equal(text('b'));
    });
  });
}

// Security 5156 and 4663 tell of connections and writes, to rules of their own log and of no category of Sigma's.
function isBeside(sensor: string, kind: string): boolean {
  return sensor === 'windows' && ['connect', 'accept', 'create', 'write'].includes(kind);
}

// A sense may be of one system only; these are of the other.
function isExcused(sensor: string, system: string, kind: string): boolean {
  return sensor === 'osquery' && system !== 'windows' && kind === 'resolve';
}

function wrongEvents(trial: Trial): readonly string[] {
  const refused: Parameters<typeof decodeTrial>[2] = [];
  const byAction = Map.groupBy(trial.deliveries, ({ action }) => action);
  const wrong: string[] = [];
  for (const [action, deliveries] of byAction) {
    const events = decodeTrial({ ...trial, deliveries }, createAutoDecoder(), refused);
    const fault = faultOf(action, trial, events);
    if (fault !== undefined) wrong.push(`${action.deed.kind}: ${fault}`);
  }
  return [...wrong, ...refused.map(({ reason }) => `refused: ${reason}`)];
}

function faultOf(
  { deed, process, time }: Action,
  trial: Trial,
  events: readonly TelemetryEvent[],
): string | undefined {
  const [event] = events;
  if (event === undefined) return 'no event';
  if (event.sensor !== trial.encoder.sensor) return `is of ${event.sensor}`;
  if (!hostNames(trial).has(event.host)) return `happens on ${event.host}`;
  if (Math.abs(event.time - time) > 2_000) return `${String(event.time - time)} ms away`;
  const allowed = activities[deed.kind];
  if (allowed !== undefined && !allowed.includes(event.activity)) return `is ${event.activity}`;
  const facts = event.process();
  if (deed.kind === 'launch' && facts?.commandLine !== process.commandLine) return 'command line';
  if (facts?.executable !== undefined && !isPath(facts.executable, process.program.path)) {
    return `done by ${facts.executable}`;
  }
  return undefined;
}

// Some sensors write device paths, or the name alone.
function isPath(told: string, path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return told.toLowerCase().endsWith(name.toLowerCase());
}

function storyOf(text: string): Story {
  const read = readStory('everything', text);
  expect(read.problems).to.deep.equal([]);
  if (read.story === undefined) throw new Error('no story');
  return read.story;
}
