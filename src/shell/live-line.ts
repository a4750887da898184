import { eraseBelow, styled } from './style.ts';

export interface LiveLineOptions {
  colors: boolean;
  /** Whether the terminal can erase what stands on it; nothing is shown on one that cannot. */
  erasable: boolean;
}

/** After something was printed the line stays away for so long: what prints all the time tells itself that it goes on. */
const calmMs = 500;

/**
 * The one line at the bottom that says what is being done. It is erased before anything else is printed. The cursor waits where it
 * begins: a terminal that becomes narrower may break the line into rows, which are then all below.
 */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #options: LiveLineOptions;
  #shown = '';
  #printing = 0;
  #calmUntil = 0;

  constructor(stream: NodeJS.WriteStream, options: LiveLineOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** Whether there is anything to show it on. */
  get possible(): boolean {
    return this.#options.erasable;
  }

  /**
   * Shows `text`, cut to the width of the terminal, and `hint` where there is room for it. Nothing is written if they are shown already,
   * or while something is printed.
   */
  show(text: string, hint = ''): void {
    const { colors, erasable } = this.#options;
    if (!erasable || this.#printing > 0 || performance.now() < this.#calmUntil) return;
    const room = Math.max(0, this.#stream.columns - 1);
    const cut = text.length + hint.length <= room ? text + hint : text.slice(0, room);
    if (cut === this.#shown) return;
    this.#stream.write(`\r${styled(cut, 'dim', colors)}\x1b[J\r`);
    this.#shown = cut;
  }

  erase(): void {
    if (this.#shown !== '') this.#stream.write(eraseBelow);
    this.#shown = '';
  }

  /** Runs `print`, which writes to the same terminal and may pause in the middle of a line: the line stays away until it is done. */
  async aside(print: () => Promise<void>): Promise<void> {
    this.erase();
    this.#printing++;
    try {
      await print();
    } finally {
      this.#printing--;
      this.#calmUntil = performance.now() + calmMs;
    }
  }
}
