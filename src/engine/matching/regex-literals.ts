// What is known of the texts that a part of a regular expression matches. Either all of them
// (`exact`, a few), or that each contains one of some literals (`required`), or nothing.
interface Knowledge {
  readonly exact?: readonly string[];
  readonly required?: readonly string[];
  /** Of each of these too, every text contains one. */
  readonly others?: readonly Literals[];
}

/** Of these a text contains at least one. */
type Literals = readonly string[];

const nothing: Knowledge = {};
const emptyText: Knowledge = { exact: [''] };
const alternativesMax = 64;
const othersMax = 8;
const depthMax = 50;

/**
 * Literals of which any text that the expression matches contains at least one, apart from case;
 * undefined when none is certain. Syntax that this reader does not know makes it say undefined,
 * never wrong.
 */
export function regexLiterals(source: string): readonly string[] | undefined {
  const knowledge = readKnowledge(source);
  return knowledge === undefined ? undefined : certain(knowledge);
}

/**
 * Several such lists, of each of which any text that the expression matches contains at least one, apart from
 * case: to look for them takes a hundredth of what the expression costs. Single signs tell too little.
 */
export function regexLiteralGroups(source: string): readonly (readonly string[])[] {
  const knowledge = readKnowledge(source);
  const groups = [...(knowledge?.others ?? []), knowledge?.exact ?? knowledge?.required ?? []];
  return groups.filter((literals, index) => {
    return shortest(literals) > 1 && groups.indexOf(literals) === index;
  });
}

function readKnowledge(source: string): Knowledge | undefined {
  const reader = new Reader(Array.from(source));
  const knowledge = reader.alternation(0);
  return reader.atEnd ? knowledge : undefined;
}

function certain(knowledge: Knowledge): readonly string[] | undefined {
  const choices = [knowledge.exact, knowledge.required].filter((texts) => texts !== undefined);
  const best = choices.reduce<readonly string[]>((left, right) => better(left, right), []);
  return shortest(best) > 0 ? best : undefined;
}

function shortest(texts: readonly string[]): number {
  return texts.length === 0 ? 0 : Math.min(...texts.map((text) => text.length));
}

function better(left: readonly string[], right: readonly string[]): readonly string[] {
  return shortest(right) > shortest(left) ? right : left;
}

/** Joins what is known of parts that follow each other. */
class Sequence {
  #exact: readonly string[] = [''];
  #required: readonly string[] = [];
  #isExact = true;
  readonly #others: Literals[] = [];

  add(part: Knowledge): void {
    const { exact } = part;
    if (exact !== undefined && exact.length * this.#exact.length <= alternativesMax) {
      this.#exact = this.#exact.flatMap((head) => exact.map((tail) => head + tail));
      return;
    }
    this.#isExact = false;
    this.#require(this.#exact);
    this.#require(certain(part) ?? []);
    for (const literals of part.others ?? []) this.#require(literals);
    this.#exact = exact ?? [''];
  }

  end(): Knowledge {
    if (this.#isExact) return { exact: this.#exact };
    this.#require(this.#exact);
    return { required: this.#required, others: this.#others };
  }

  #require(literals: Literals): void {
    this.#required = better(this.#required, literals);
    if (shortest(literals) > 0 && this.#others.length < othersMax) this.#others.push(literals);
  }
}

function either(branches: readonly Knowledge[]): Knowledge {
  const [only] = branches;
  if (only !== undefined && branches.length === 1) return only;
  const exact = branches.flatMap((branch) => branch.exact ?? []);
  const isExact = branches.every((branch) => branch.exact !== undefined);
  if (isExact && exact.length <= alternativesMax) return { exact };
  const required = branches.map(certain);
  if (required.includes(undefined)) return nothing;
  const all = required.flatMap((texts) => texts ?? []);
  return all.length <= alternativesMax ? { required: all } : nothing;
}

// Every method returns undefined for syntax that it does not know.
class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  get atEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  alternation(depth: number): Knowledge | undefined {
    if (depth > depthMax) return undefined;
    const branches: Knowledge[] = [];
    for (;;) {
      const branch = this.#concatenation(depth);
      if (branch === undefined) return undefined;
      branches.push(branch);
      if (!this.#take('|')) return either(branches);
    }
  }

  #concatenation(depth: number): Knowledge | undefined {
    const sequence = new Sequence();
    while (!this.atEnd && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom(depth);
      const part = atom === undefined ? undefined : this.#repeated(atom);
      if (part === undefined) return undefined;
      sequence.add(part);
    }
    return sequence.end();
  }

  #repeated(atom: Knowledge): Knowledge | undefined {
    let part = atom;
    for (;;) {
      const least = this.#quantifier();
      if (least === undefined) return part;
      if (least === 'malformed') return undefined;
      this.#take('?');
      const texts = certain(part);
      part = least === 0 || texts === undefined ? nothing : { required: texts };
    }
  }

  /** The least number of repetitions, or undefined if no quantifier stands here. */
  #quantifier(): number | 'malformed' | undefined {
    if (this.#take('*') || this.#take('?')) return 0;
    if (this.#take('+')) return 1;
    if (this.#peek() !== '{') return undefined;
    // RE2 reads a brace that is no quantifier as a literal; such texts are left alone.
    const close = this.#characters.indexOf('}', this.#at);
    const text = close === -1 ? '' : this.#characters.slice(this.#at + 1, close).join('');
    const bounds = /^(\d+)(?:,\d*)?$/.exec(text);
    if (bounds === null) return 'malformed';
    this.#at = close + 1;
    return Number(bounds[1]);
  }

  #atom(depth: number): Knowledge | undefined {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group(depth);
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '.':
        return nothing;
      case '^':
      case '$':
        return emptyText;
      case '*':
      case '+':
      case '?':
      case '{':
        return undefined;
      default:
        return { exact: [character] };
    }
  }

  #group(depth: number): Knowledge | undefined {
    if (this.#take('?')) {
      let head = '';
      while (!this.atEnd && !':)>'.includes(this.#peek())) head += this.#next();
      const end = this.#next();
      const isFlags = /^[imsU]*(?:-[imsU]+)?$/.test(head);
      if (end === ')') return isFlags ? emptyText : undefined;
      const isName = /^P?<\w+$/.test(head);
      if (!(end === ':' && isFlags) && !(end === '>' && isName)) return undefined;
    }
    const inner = this.alternation(depth + 1);
    return this.#take(')') ? inner : undefined;
  }

  // A few plain characters are alternatives (`[Pp]`); ranges, negations and named classes say
  // nothing.
  #class(): Knowledge | undefined {
    let isPlain = !this.#take('^');
    const members: string[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      if (this.atEnd) return undefined;
      const member = this.#next();
      if (member === '[' && this.#peek() === ':') return undefined;
      if (member === '\\') {
        const escaped = this.#escape();
        if (escaped === undefined) return undefined;
        if (escaped.exact === undefined) isPlain = false;
        members.push(...(escaped.exact ?? []));
      } else {
        if (member === '-') isPlain = false;
        members.push(member);
      }
    }
    this.#next();
    return isPlain && members.length <= 4 ? { exact: members } : nothing;
  }

  #escape(): Knowledge | undefined {
    if (this.atEnd) return undefined;
    const character = this.#next();
    if ('dDsSwW'.includes(character)) return nothing;
    if ('bBAz'.includes(character)) return emptyText;
    const control = controls.get(character);
    if (control !== undefined) return { exact: [control] };
    if (character === 'x') return this.#hexadecimal();
    return /^[A-Za-z0-9]$/.test(character) ? undefined : { exact: [character] };
  }

  #hexadecimal(): Knowledge | undefined {
    const rest = this.#characters.slice(this.#at, this.#at + 10).join('');
    const found = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const code = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
    if (found === null || code > 0x10ffff) return undefined;
    this.#at += found[0].length;
    return { exact: [String.fromCodePoint(code)] };
  }

  #peek(): string {
    return this.#characters[this.#at] ?? '';
  }

  #next(): string {
    return this.#characters[this.#at++] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

const controls: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
