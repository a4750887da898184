import { badValue, type CommandError } from '../../errors.ts';

/** A pattern that PCRE itself refuses: mongod 3.4 takes it and it matches nothing. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

export function invalidPattern(): InvalidPattern {
  return new InvalidPattern('not a valid pattern');
}

/** The error for what PCRE can and this translation cannot. */
export function unsupported(what: string): CommandError {
  return badValue(`Regular expression is not supported here: ${what}`);
}

/** A position in a pattern, read by code points. */
export class PatternReader {
  readonly #points: string[];
  #at = 0;

  constructor(pattern: string) {
    this.#points = Array.from(pattern);
  }

  get done(): boolean {
    return this.#at >= this.#points.length;
  }

  /** The next character, or the one `ahead` after it; '' at the end. */
  peek(ahead = 0): string {
    return this.#points[this.#at + ahead] ?? '';
  }

  next(): string {
    const point = this.#points[this.#at];
    if (point === undefined) throw invalidPattern();
    this.#at++;
    return point;
  }

  /** Moves past `text` if it comes next. */
  take(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  /** What comes next, as far as anything is matched at once. */
  get ahead(): string {
    return this.#points.slice(this.#at, this.#at + 80).join('');
  }

  /** Moves past what `pattern` (anchored by ^) matches next; ASCII only. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.ahead);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  /** Moves past `end` and returns what was before it. */
  until(end: string): string {
    let text = '';
    while (!this.take(end)) text += this.next();
    return text;
  }
}
