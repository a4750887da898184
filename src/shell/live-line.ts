import { styled } from './style.ts';

export interface LiveLineOptions {
  colors: boolean;
  /** Whether the terminal can erase what stands on it; nothing is shown on one that cannot. */
  erasable: boolean;
}

/** The one line at the bottom that says what is being done. It is erased before anything else is printed. */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #options: LiveLineOptions;
  #shown = '';

  constructor(stream: NodeJS.WriteStream, options: LiveLineOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** Shows `text`, cut to the width of the terminal; nothing is written if it is shown already. */
  show(text: string): void {
    const { colors, erasable } = this.#options;
    if (!erasable) return;
    const cut = text.slice(0, Math.max(0, this.#stream.columns - 1));
    if (cut === this.#shown) return;
    this.#stream.write(`\r${styled(cut, 'dim', colors)}\x1b[K`);
    this.#shown = cut;
  }

  erase(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[K');
    this.#shown = '';
  }
}
