import type { System, ToolCall, TokenDecision } from '../action.ts';

/** What a story is: something to find, something made to stay hidden, or a day on which nothing is to find. */
export const storyKinds = ['attack', 'evasion', 'honest'] as const;
export type StoryKind = (typeof storyKinds)[number];

/** Agents that a story can be played by; `any` leaves it to the seed. */
export const agentNames = [
  'claude_code',
  'claude_desktop',
  'codex',
  'cursor',
  'gemini_cli',
] as const;
export type AgentName = (typeof agentNames)[number];

/** The same for all systems, or different words for each. */
export type PerSystem = string | Partial<Readonly<Record<System, string>>>;

/** A scenario as its file says it: deeds in no sensor's words, and what a detector must say of them. */
export interface Story {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  readonly kind: StoryKind;
  readonly description: string;
  readonly systems: readonly System[];
  /** Undefined on a day without an agent. */
  readonly agent: AgentName | 'any' | undefined;
  readonly deeds: readonly DeedLine[];
  readonly must: readonly ExpectedAlert[];
  /** Rules that must stay silent, whatever else alerts. */
  readonly mustNot: readonly string[];
  /** What is known to stay hidden, and why. */
  readonly missed: readonly KnownGap[];
}

/** An alert that must come from every sensor that sees its evidence. */
export interface ExpectedAlert {
  /** The rule's name. */
  readonly rule: string;
  /** Labels of the deeds that it is about. */
  readonly evidence: readonly string[];
  /** The longest time from the first of these deeds to the event that made the condition true. */
  readonly withinMs: number;
  /** Of the systems of the story. */
  readonly systems: readonly System[];
  /** What a sensor must be able to see, where the kinds of the deeds do not say it. */
  readonly needs: readonly string[] | undefined;
  /** Sensors that see the deeds and not what the rule needs of them, and why. */
  readonly notOn: Readonly<Record<string, string>>;
}

/** A rule that does not find this, in words that its own description has. */
export interface KnownGap {
  readonly rule: string;
  readonly gap: string;
}

/** One line of a story: a deed, done once or again and again. */
export interface DeedLine {
  /** From the beginning of the story, or of the program that it is done by (`does`). */
  readonly atMs: number;
  readonly everyMs: number;
  readonly repeat: number;
  /** Each time comes up to so much later, by the seed. */
  readonly jitterMs: number;
  /** Who does it: a program that an earlier line named, or one that is always there. */
  readonly by: string | undefined;
  readonly label: string | undefined;
  /** Only on these systems. */
  readonly on: readonly System[] | undefined;
  readonly what: StoryDeed;
}

export type StoryDeed =
  | StoryLaunch
  | { readonly kind: 'end'; readonly process: string }
  | {
      readonly kind: 'read' | 'create' | 'write' | 'delete';
      readonly path: PerSystem;
    }
  | { readonly kind: 'rename'; readonly path: PerSystem; readonly to: PerSystem }
  | { readonly kind: 'connect'; readonly to: string; readonly port: number }
  | { readonly kind: 'resolve'; readonly name: string }
  | StoryExchange
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'paste' }
  | { readonly kind: 'listen'; readonly address: string; readonly port: number }
  | { readonly kind: 'accept'; readonly from: string; readonly port: number }
  | {
      readonly kind: 'print';
      readonly path: PerSystem;
      readonly printer: string;
      readonly pages: number;
    }
  | { readonly kind: 'mount'; readonly label: string }
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | StoryTool
  | StoryToken;

/** A program starts: by itself, or through the shell of the agent that runs the command. */
export interface StoryLaunch {
  readonly kind: 'start' | 'run';
  /** What later lines call it. */
  readonly id: string | undefined;
  /** `start`: its name in the cast, or a path. */
  readonly program: PerSystem;
  /** `start`: what follows the program; `run`: the whole command, pipes included. */
  readonly words: PerSystem;
  readonly directory: PerSystem | undefined;
  /** How long it runs; undefined: to the end of the story. */
  readonly lastsMs: number | undefined;
  /** What it does itself. */
  readonly does: readonly DeedLine[];
}

/** A name is looked up, a connection made, a request sent and answered. */
export interface StoryExchange {
  readonly kind: 'upload' | 'fetch';
  readonly url: string;
  readonly method: string;
  readonly bytes: number;
  readonly file: string | undefined;
  readonly type: string | undefined;
}

export interface StoryTool {
  readonly kind: 'tool';
  readonly tool: string;
  readonly input: Readonly<Record<string, PerSystem>>;
  readonly decision: ToolCall['decision'];
  readonly server: string | undefined;
}

export interface StoryToken {
  readonly kind: 'token';
  readonly decision: TokenDecision['decision'];
  readonly audience: string;
  readonly validMs: number;
  readonly device: string | undefined;
}
