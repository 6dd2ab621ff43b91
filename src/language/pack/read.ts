import type { RuleProblem } from '../problem.ts';
import type { LinkedDetection, RuleOutline, RuleSet } from '../ruleset.ts';
import type { DetectionRule, Expression } from '../tree.ts';
import { elementIn, flag, indexIn, listIn, parsed, text } from './codec.ts';
import { linkedCorrelation } from './correlations.ts';
import { NodeReader, TestReader, testParts } from './expressions.ts';
import { detectionHeader, logsourcePattern, suppression } from './headers.ts';
import { ruleProblem } from './problems.ts';
import { unpackPlaceholder } from './tests.ts';

/** The texts of a pack. */
export interface PackTexts {
  readonly index: string;
  readonly partCount: number;
  /** The part of this number, below `partCount`. */
  part(number: number): string;
}

/** A rule set from a pack, and what was wrong with its rules. */
export interface UnpackedRules {
  readonly ruleSet: RuleSet;
  readonly problems: readonly RuleProblem[];
}

/**
 * Reads the index of a pack. Rules are read when they are first asked for; a part that makes no sense is
 * a failure then, since a checksum has been compared before.
 */
export function unpackRules(texts: PackTexts): UnpackedRules {
  const [names, tests, outlines, correlations, packedProblems, linkProblems] = listIn(
    parsed(texts.index, 'the index'),
  );
  const problems = listIn(packedProblems).map(ruleProblem.unpack);
  const firstLinkProblem = problems.length - indexIn(linkProblems, problems.length + 1);
  const parts = new Parts(texts, {
    fields: listIn(names).map(text.unpack),
    tests: indexIn(tests, testsMax),
    detections: listIn(outlines).length,
  });
  const ruleSet = {
    detections: listIn(outlines).map((outline, number) => parts.detection(outline, number)),
    correlations: listIn(correlations).map(linkedCorrelation.unpack),
    problems: problems.slice(firstLinkProblem),
  };
  return { ruleSet, problems };
}

const testsMax = 10_000_000;

interface Counts {
  readonly fields: readonly string[];
  readonly tests: number;
  readonly detections: number;
}

interface Body {
  readonly selections: DetectionRule['selections'];
  readonly expressions: readonly Expression[];
}

interface Header {
  readonly rule: Omit<DetectionRule, 'kind' | 'selections'>;
  readonly meaning: string;
}

// Parts stand in this order: tests, bodies and headers of detections, what rules share.
class Parts {
  readonly #texts: PackTexts;
  readonly #counts: Counts;
  readonly #firstBody: number;
  readonly #tests: TestReader;
  #shared: NodeReader | undefined;

  constructor(texts: PackTexts, counts: Counts) {
    this.#texts = texts;
    this.#counts = counts;
    this.#firstBody = testParts(counts.tests);
    this.#tests = new TestReader(counts.fields, counts.tests, (number) => texts.part(number));
  }

  detection(packed: unknown, number: number): LinkedDetection {
    const outline = this.#outline(packed);
    const alerts = flag.unpack(listIn(packed)[6]);
    let body: Body | undefined;
    let header: Header | undefined;
    let rule: DetectionRule | undefined;
    const bodyOf = (): Body => (body ??= this.#body(number));
    const headerOf = (): Header => (header ??= this.#header(number));
    return {
      outline,
      alerts,
      get rule(): DetectionRule {
        const { selections } = bodyOf();
        return (rule ??= { kind: 'detection', ...headerOf().rule, selections });
      },
      get expressions(): readonly Expression[] {
        return bodyOf().expressions;
      },
      get meaning(): string {
        return headerOf().meaning;
      },
    };
  }

  #outline(packed: unknown): RuleOutline {
    const [id, name, logsource, suppress, fields, placeholders, , tests] = listIn(packed);
    const witness = tests === null ? undefined : listIn(tests);
    const testOf = (number: unknown): Expression => this.#tests.test(number);
    return {
      id: text.unpack(id),
      ...(name === null ? {} : { name: text.unpack(name) }),
      logsource: logsourcePattern.unpack(logsource),
      ...(suppress === null ? {} : { suppress: suppression.unpack(suppress) }),
      readFields: listIn(fields).map((field) => elementIn(this.#counts.fields, field)),
      placeholders: listIn(placeholders).map(unpackPlaceholder),
      get witness(): readonly Expression[] | undefined {
        return witness?.map(testOf);
      },
    };
  }

  #body(number: number): Body {
    const packed = this.#part(this.#firstBody + number, 'a rule');
    const [nodes, selections, conditions] = listIn(packed);
    const reader = new NodeReader(nodes, this.#tests, this.#sharedNodes());
    return {
      selections: new Map(
        listIn(selections).map((selection): [string, Expression] => {
          const [name, reference] = listIn(selection);
          return [text.unpack(name), reader.expression(reference)];
        }),
      ),
      expressions: listIn(conditions).map((reference) => reader.expression(reference)),
    };
  }

  #header(number: number): Header {
    const place = this.#firstBody + this.#counts.detections + number;
    const [rule, meaning] = listIn(this.#part(place, 'a rule'));
    return { rule: detectionHeader.unpack(rule), meaning: text.unpack(meaning) };
  }

  #sharedNodes(): NodeReader {
    const place = this.#firstBody + 2 * this.#counts.detections;
    const packed = (): unknown => this.#part(place, 'what rules share');
    return (this.#shared ??= new NodeReader(packed(), this.#tests));
  }

  #part(number: number, what: string): unknown {
    return parsed(this.#texts.part(indexIn(number, this.#texts.partCount)), what);
  }
}
