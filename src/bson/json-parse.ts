/** A JSON text as a tree that keeps what JSON.parse loses: the order of fields, fields given twice, the digits of numbers. */
export type JsonNode =
  | { kind: 'object'; entries: [string, JsonNode][] }
  | { kind: 'array'; items: JsonNode[] }
  | { kind: 'number'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'literal'; value: true | false | null };

/** Parses one JSON text. Throws SyntaxError with the position of what does not fit. */
export function parseJson(text: string): JsonNode {
  const reader = new JsonReader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\]|\\.)*"/suy;
const literals: Record<string, true | false | null> = { true: true, false: false, null: null };
/** Far more than BSON allows (200), and far from the end of the stack. */
const maxDepth = 1000;

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    if (depth > maxDepth) throw this.#error('nested too deeply');
    this.#skip();
    const first = this.#text.charAt(this.#at);
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return { kind: 'string', text: this.#string() };
    const digits = this.#match(number);
    if (digits !== '') return { kind: 'number', text: digits };
    for (const [word, value] of Object.entries(literals)) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return { kind: 'literal', value };
      }
    }
    throw this.#error('a value is expected');
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error('nothing more is expected');
  }

  #object(depth: number): JsonNode {
    const entries: [string, JsonNode][] = [];
    this.#list('}', () => {
      this.#skip();
      if (this.#text[this.#at] !== '"') throw this.#error('a field name is expected');
      const name = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ':') throw this.#error('":" is expected');
      this.#at++;
      entries.push([name, this.value(depth + 1)]);
    });
    return { kind: 'object', entries };
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#list(']', () => items.push(this.value(depth + 1)));
    return { kind: 'array', items };
  }

  #list(close: string, item: () => void): void {
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== close) throw this.#error(`"," or "${close}" is expected`);
      this.#at++;
      if (next === close) return;
    }
  }

  #string(): string {
    const quoted = this.#match(string);
    if (quoted === '') throw this.#error('a text has no end');
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#error('a text has a wrong escape');
    }
  }

  #skip(): void {
    this.#match(space);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`not valid JSON at position ${this.#at}: ${what}`);
  }
}
