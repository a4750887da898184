/** The last lines of a stream of text, for an error message. */
export class LogTail {
  readonly #limit: number;
  #lines: string[] = [];
  #open = '';

  constructor(limit = 20) {
    this.#limit = limit;
  }

  push(text: string): void {
    const lines = (this.#open + text).split('\n');
    // A line without an end must not grow without bound.
    this.#open = (lines.pop() ?? '').slice(-4096);
    this.#lines = [...this.#lines, ...lines].slice(-this.#limit);
  }

  get text(): string {
    return [...this.#lines, this.#open].join('\n').trim();
  }
}
