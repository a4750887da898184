import { readClass } from './char-class.ts';
import { otherCases, pointSource, readEscape } from './escape.ts';
import { invalidPattern, PatternReader, unsupported } from './reader.ts';

/** The options in force at a place of the pattern. */
export interface RegexFlags {
  /** i: letter case is ignored. */
  readonly i: boolean;
  /** m: ^ and $ match at lines. */
  readonly m: boolean;
  /** s: the dot matches newlines. */
  readonly s: boolean;
  /** x: white space and comments are skipped. */
  readonly x: boolean;
}

/** PCRE refuses more. */
const mostRepeats = 65_535;

const anything = '[^]';
const end = '(?![^])';
const beforeLastNewline = `(?=\\n?${end})`;

/**
 * Rewrites a PCRE pattern as JavaScript source for the flags `u` and, by `ignoreCase`, `i`. Whether a part ignores case can change
 * inside a PCRE pattern and cannot in JavaScript's of this age: with `foldCases` such parts are written out letter by letter.
 */
export class Translator {
  readonly #reader: PatternReader;
  readonly #foldCases: boolean;
  /** JavaScript's number of each PCRE group: atomic groups need groups of their own between them. */
  readonly #groups: number[] = [0];
  readonly #names = new Map<string, number>();
  #jsGroups = 0;
  /** How many alternatives there were, but for the first ones. */
  #choices = 0;
  readonly effort = { loops: 0, nested: false };
  /** Whether letters occurred with case ignored, and with case kept; and where ignoring it makes a difference of its own. */
  readonly caseSeen = { ignored: false, kept: false, inProperty: false, inReference: false };

  constructor(pattern: string, foldCases: boolean) {
    this.#reader = new PatternReader(pattern);
    this.#foldCases = foldCases;
  }

  translate(flags: RegexFlags): string {
    this.#reader.match(/^\(\*(?:UTF8?|UTF|LF)\)/);
    const source = this.#alternatives(flags);
    if (!this.#reader.done) throw invalidPattern();
    return source;
  }

  /** Up to the closing parenthesis or the end. */
  #alternatives(outer: RegexFlags): string {
    const reader = this.#reader;
    let flags = outer;
    let source = '';
    while (!reader.done && reader.peek() !== ')') {
      if (reader.take('|')) {
        this.#choices++;
        source += '|';
        continue;
      }
      const changed = this.#flagChange(flags);
      if (changed !== undefined) {
        flags = changed;
        continue;
      }
      source += this.#quantified(flags);
    }
    return source;
  }

  /** `(?im-s)`: the flags from here to the end of the group. */
  #flagChange(flags: RegexFlags): RegexFlags | undefined {
    const found = this.#reader.match(/^\(\?([imsxJU]*)(?:-([imsxJU]*))?\)/);
    return found === undefined ? undefined : withFlags(flags, found[1] ?? '', found[2] ?? '');
  }

  #quantified(flags: RegexFlags): string {
    const firstGroup = this.#jsGroups;
    if (this.#reader.take('\\Q')) {
      // What follows repeats the last of these.
      const literals = this.#quoted(flags);
      const last = literals.pop() ?? '';
      return literals.join('') + this.#repeated(last, true, firstGroup, flags, false);
    }
    const isAssertion = /^[$^]$|^\\[AGzZbB]$/.test(
      this.#reader.peek() === '\\' ? `\\${this.#reader.peek(1)}` : this.#reader.peek(),
    );
    const before = this.effort.loops + this.#choices;
    const atom = this.#atom(flags);
    const isCompound = this.effort.loops + this.#choices > before;
    return this.#repeated(atom, !isAssertion, firstGroup, flags, isCompound);
  }

  #repeated(
    atom: string,
    isRepeatable: boolean,
    firstGroup: number,
    flags: RegexFlags,
    isCompound: boolean,
  ): string {
    if (atom === '') return '';
    const quantifier = this.#quantifier(flags);
    if (quantifier === undefined) return atom;
    if (!isRepeatable) throw invalidPattern();
    if (/^[*+]|,\}$|\d\d\}$/.test(quantifier)) {
      this.effort.loops++;
      this.effort.nested ||= isCompound;
    }
    const repeated = `(?:${atom})${quantifier}`;
    const result = this.#reader.take('+')
      ? this.#atomic(repeated, firstGroup)
      : `(?:${repeated}${this.#reader.take('?') ? '?' : ''})`;
    if (this.#quantifier(flags) !== undefined) throw invalidPattern();
    return result;
  }

  #quantifier(flags: RegexFlags): string | undefined {
    while (this.#reader.match(/^\(\?#[^)]*\)/) !== undefined || (flags.x && this.#skipSpace()));
    const [quantifier, ...counts] = this.#reader.match(/^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/) ?? [];
    if (counts.some((count) => Number(count) > mostRepeats)) throw invalidPattern();
    return quantifier;
  }

  /**
   * A group that is never entered again once matched: a lookahead keeps what it found, the reference takes it. The group around comes
   * before those inside, so it is only possible where there are none.
   */
  #atomic(source: string, groupsBefore: number): string {
    if (this.#jsGroups !== groupsBefore)
      throw unsupported('groups inside an atomic group or possessive repetition');
    const number = ++this.#jsGroups;
    return `(?:(?=(${source}))\\${number})`;
  }

  #atom(flags: RegexFlags): string {
    const reader = this.#reader;
    if (flags.x && this.#skipSpace()) return '';
    const next = reader.next();
    switch (next) {
      case '.':
        return flags.s ? anything : '[^\\n]';
      case '^':
        return flags.m ? `(?:^|(?<=\\n)(?=${anything}))` : '(?:^)';
      case '$':
        return flags.m ? `(?=\\n|${end})` : `(?:${beforeLastNewline})`;
      case '[':
        return this.#class(flags);
      case '(':
        return this.#group(flags);
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw invalidPattern();
      case '{':
        if (/^\d+(?:,\d*)?\}/.test(reader.ahead)) throw invalidPattern();
        return this.#literal(0x7b, flags);
      default:
        return this.#literal(next.codePointAt(0) ?? 0, flags);
    }
  }

  #class(flags: RegexFlags): string {
    this.#noteCase(flags);
    const source = readClass(this.#reader, flags.i && (this.#foldCases ? 'written' : 'ignored'));
    this.#noteProperty(source, flags);
    return source;
  }

  #literal(point: number, flags: RegexFlags): string {
    const others = otherCases(point);
    if (others.length === 0) return pointSource(point);
    this.#noteCase(flags);
    if (!this.#foldCases || !flags.i) return pointSource(point);
    return `[${[point, ...others].map(pointSource).join('')}]`;
  }

  #noteCase(flags: RegexFlags): void {
    this.caseSeen[flags.i ? 'ignored' : 'kept'] = true;
  }

  #noteReference(flags: RegexFlags): void {
    if (flags.i) this.caseSeen.ignored = true;
    this.caseSeen.inReference = true;
  }

  /** JavaScript gives \\p{Lu} the small letters as well where case is ignored. */
  #noteProperty(set: string, flags: RegexFlags): void {
    if (flags.i && /\\p\{/i.test(set)) this.caseSeen.inProperty = true;
  }

  #group(flags: RegexFlags): string {
    const reader = this.#reader;
    if (reader.peek() === '*') throw unsupported('backtracking verbs');
    if (!reader.take('?')) return this.#capture(flags);
    if (reader.take('#')) {
      reader.until(')');
      return '';
    }
    for (const look of ['=', '!', '<=', '<!']) {
      if (reader.take(look)) return `(?:(?${look}${this.#rest(flags)}))`;
    }
    const named = reader.match(/^(?:P?<(\w+)>|'(\w+)')/);
    if (named !== undefined) return this.#capture(flags, named[1] ?? named[2]);
    const reference = reader.match(/^P=(\w+)\)/)?.[1];
    if (reference !== undefined) return this.#named(reference, flags);
    if (reader.take('>')) {
      const groupsBefore = this.#jsGroups;
      return this.#atomic(this.#rest(flags), groupsBefore);
    }
    const inner = reader.match(/^([imsxJU]*)(?:-([imsxJU]*))?:/);
    if (inner !== undefined) {
      return `(?:${this.#rest(withFlags(flags, inner[1] ?? '', inner[2] ?? ''))})`;
    }
    throw /^[R\d+\-&(|CP]$/.test(reader.peek())
      ? unsupported('recursion, conditions, callouts and branch reset')
      : invalidPattern();
  }

  #rest(flags: RegexFlags): string {
    const source = this.#alternatives(flags);
    if (!this.#reader.take(')')) throw invalidPattern();
    return source;
  }

  #capture(flags: RegexFlags, name?: string): string {
    const number = ++this.#jsGroups;
    this.#groups.push(number);
    if (name !== undefined) {
      if (this.#names.has(name)) throw invalidPattern();
      this.#names.set(name, number);
    }
    return `(${this.#rest(flags)})`;
  }

  #escape(flags: RegexFlags): string {
    const reader = this.#reader;
    const assertion = assertions[reader.peek()];
    if (assertion !== undefined) {
      reader.next();
      return assertion;
    }
    if (reader.take('E') || reader.take('K')) return '';
    if (reader.take('R')) return '(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])';
    if (reader.take('N')) return '[^\\n]';
    const octal = this.#octal();
    if (octal !== undefined) return this.#literal(octal, flags);
    const reference = reader.match(/^(?:g\{?(-?\d+)\}?|([1-9]\d?))/);
    if (reference !== undefined) return this.#reference(reference[1], reference[2], flags);
    const name = reader.match(/^(?:k<(\w+)>|k'(\w+)'|[kg]\{(\w+)\})/);
    if (name !== undefined) return this.#named(name[1] ?? name[2] ?? name[3] ?? '', flags);
    const escape = readEscape(reader);
    if ('point' in escape) return this.#literal(escape.point, flags);
    this.#noteProperty(escape.set, flags);
    return `[${escape.set}]`;
  }

  /** \\0 to \\377; a number of two digits is a reference where there are as many groups, one of one digit always. */
  #octal(): number | undefined {
    const ahead = this.#reader.peek() + this.#reader.peek(1);
    if (/^[1-9]\d/.test(ahead) && Number(ahead) < this.#groups.length) return undefined;
    const digits = this.#reader.match(/^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/)?.[0];
    return digits === undefined ? undefined : Number.parseInt(digits, 8) & 0xff;
  }

  #quoted(flags: RegexFlags): string[] {
    const reader = this.#reader;
    const literals: string[] = [];
    while (!reader.done && !reader.take('\\E'))
      literals.push(this.#literal(reader.next().codePointAt(0) ?? 0, flags));
    return literals;
  }

  #reference(relative: string | undefined, plain: string | undefined, flags: RegexFlags): string {
    const given = Number(relative ?? plain);
    const number = this.#groups[given < 0 ? this.#groups.length + given : given];
    if (number === undefined || given === 0) throw invalidPattern();
    this.#noteReference(flags);
    return `(?:\\${number})`;
  }

  #named(name: string, flags: RegexFlags): string {
    const number = this.#names.get(name);
    if (number === undefined) throw invalidPattern();
    this.#noteReference(flags);
    return `(?:\\${number})`;
  }

  /** White space and comments under x; says whether anything was skipped. */
  #skipSpace(): boolean {
    let skipped = false;
    for (;;) {
      if (this.#reader.match(/^[ \t\n\v\f\r]+/) !== undefined) skipped = true;
      else if (this.#reader.take('#')) {
        skipped = true;
        while (!this.#reader.done && this.#reader.next() !== '\n');
      } else return skipped;
    }
  }
}

const assertions: Readonly<Record<string, string>> = {
  A: '(?:^)',
  G: '(?:^)',
  z: `(?:${end})`,
  Z: `(?:${beforeLastNewline})`,
  b: '(?:\\b)',
  B: '(?:\\B)',
};

function withFlags(flags: RegexFlags, on: string, off: string): RegexFlags {
  if (/U/.test(on + off)) throw unsupported('(?U)');
  const flag = (name: keyof RegexFlags): boolean => (flags[name] || on.includes(name)) && !off.includes(name);
  return { i: flag('i'), m: flag('m'), s: flag('s'), x: flag('x') };
}
