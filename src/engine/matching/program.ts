import type { LinkedDetection } from '../../language/ruleset.ts';
import { Candidates } from './candidates.ts';
import { FieldIndex, FieldWatches } from './field-index.ts';
import type { Frame, Slot } from './frame.ts';
import type { MemoBudget } from './memo.ts';
import type { KeywordLeaf, Leaf, Node } from './nodes.ts';
import { KeywordIndex } from './keyword-index.ts';
import type { Watch } from './watches.ts';
import { Tuning } from './tuning.ts';
import type { Witness } from './witness.ts';

/** A rule, compiled: it matches when any of its conditions does. */
export interface CompiledRule {
  readonly detection: LinkedDetection;
  readonly node: Node;
  /** Known without the node, for rules that come with one. */
  readonly witness?: Witness | undefined;
}

/** The rules that can apply to the events of one log source. */
export class Program {
  readonly #rules: readonly CompiledRule[];
  readonly #budget: MemoBudget;
  readonly #candidates: Candidates;
  #fields: readonly FieldIndex[] = [];
  #keywords: KeywordIndex | undefined;
  // Rules without a witness.
  #always: Int32Array = new Int32Array(0);
  readonly #witnesses: (Witness | undefined)[];
  readonly #tuning: Tuning;

  constructor(rules: readonly CompiledRule[], budget: MemoBudget) {
    this.#rules = rules;
    this.#budget = budget;
    this.#candidates = new Candidates(rules.length);
    this.#tuning = new Tuning(rules);
    this.#witnesses = rules.map((rule) => rule.witness ?? this.#tuning.witness(rule.node));
    this.#index();
  }

  /** The rules that the frame's event matches, in the order of the rule set. */
  match(frame: Frame): readonly LinkedDetection[] {
    if (this.#rules.length === 0) return noDetections;
    const candidates = this.#candidates;
    candidates.begin();
    candidates.add(this.#always);
    for (const field of this.#fields) field.nominate(frame, candidates);
    this.#keywords?.nominate(frame, candidates);
    const matched = candidates.count === 0 ? noDetections : this.#judge(frame);
    if (this.#tuning.isWatching()) this.#tune(frame);
    return matched;
  }

  #judge(frame: Frame): readonly LinkedDetection[] {
    let matched: LinkedDetection[] | undefined;
    const candidates = this.#candidates;
    candidates.sort();
    for (let index = 0; index < candidates.count; index++) {
      const rule = this.#rules[candidates.at(index)];
      if (rule?.node.holds(frame) === true) (matched ??= []).push(rule.detection);
    }
    return matched ?? noDetections;
  }

  #tune(frame: Frame): void {
    const poor = this.#tuning.observe(frame, this.#candidates);
    for (const number of poor) {
      const node = this.#rules[number]?.node;
      if (node === undefined) continue;
      this.#witnesses[number] = this.#tuning.witness(node);
    }
    if (poor.length > 0) this.#index();
  }

  #index(): void {
    const always: number[] = [];
    const watches = new Map<Leaf, number[]>();
    for (const [number, witness] of this.#witnesses.entries()) {
      if (witness === undefined) always.push(number);
      for (const leaf of witness ?? []) {
        const rules = watches.get(leaf);
        if (rules === undefined) watches.set(leaf, [number]);
        else rules.push(number);
      }
    }
    const fields = new Map<Slot, FieldWatches>();
    const keywords: Watch<KeywordLeaf>[] = [];
    for (const [leaf, rules] of watches) {
      if (leaf.kind === 'keyword') keywords.push({ leaf, rules });
      else watchesOf(fields, leaf.slot).add(leaf, rules);
    }
    for (const field of this.#fields) field.close();
    this.#fields = [...fields].map(([slot, list]) => {
      return new FieldIndex(slot, list, this.#rules.length, this.#budget);
    });
    this.#keywords = keywords.length === 0 ? undefined : new KeywordIndex(keywords);
    this.#always = Int32Array.from(always);
  }
}

function watchesOf(fields: Map<Slot, FieldWatches>, slot: Slot): FieldWatches {
  let watches = fields.get(slot);
  if (watches === undefined) {
    watches = new FieldWatches();
    fields.set(slot, watches);
  }
  return watches;
}

const noDetections: readonly LinkedDetection[] = Object.freeze([]);
