/** The one line at the bottom that says what is being done. It is erased before anything else is printed. */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows `text`, cut to the width of the terminal; nothing is written if it is shown already. */
  show(text: string): void {
    const cut = text.slice(0, Math.max(0, this.#stream.columns - 1));
    if (cut === this.#shown) return;
    this.#stream.write(`\r\x1b[2m${cut}\x1b[0m\x1b[K`);
    this.#shown = cut;
  }

  erase(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[K');
    this.#shown = '';
  }
}
