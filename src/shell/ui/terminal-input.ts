import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { KeyDecoder, type Key } from './keys.ts';

/** An ESC that nothing follows for this long is the Escape key. */
const escapeMs = 50;
/** The signal that stops us has arrived by then; a stopped process does not notice the time. */
const suspendMs = 100;

/**
 * The keyboard. Keys are read all the time and wait until somebody takes them, so that what is typed or pasted while a command runs
 * goes to the next prompts. While a command runs, the terminal turns Ctrl-C into SIGINT: the only thing that stops an endless loop.
 */
export class TerminalInput {
  readonly #stdin: NodeJS.ReadStream;
  readonly #keys: Key[] = [];
  readonly #decoder = new KeyDecoder();
  readonly #text = new StringDecoder('utf8');
  #ended = false;
  #wake: (() => void) | undefined;
  #escape: NodeJS.Timeout | undefined;
  #onInterrupt: (() => void) | undefined;
  #onSuspend: (() => void) | undefined;

  private constructor(stdin: NodeJS.ReadStream) {
    this.#stdin = stdin;
    stdin.on('data', this.#onData);
    stdin.on('end', this.#onEnd);
    // The terminal was closed.
    stdin.on('error', this.#onEnd);
  }

  static async open(stdin: NodeJS.ReadStream): Promise<TerminalInput> {
    await quietTerminal();
    const input = new TerminalInput(stdin);
    stdin.setRawMode(true);
    stdin.resume();
    return input;
  }

  /** The next key; undefined once the terminal is closed. `onWait` is called if there is none yet. */
  async next(onWait?: () => void): Promise<Key | undefined> {
    while (this.#keys.length === 0 && !this.#ended) {
      onWait?.();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#keys.shift();
  }

  /** Ends waiting for a key for good: the shell is asked to end. */
  end(): void {
    this.#onEnd();
  }

  /**
   * From here to `prompting`, Ctrl-C calls `onInterrupt`, and throws away what was typed ahead. Ctrl-Z stops this process; just before,
   * `clear` takes away what should not stay on the screen.
   */
  running(onInterrupt: () => void, clear: () => void): void {
    this.#onInterrupt = () => {
      this.#keys.length = 0;
      onInterrupt();
    };
    process.on('SIGINT', this.#onInterrupt);
    this.#onSuspend = () => {
      clear();
      void this.#suspendRunning();
    };
    process.on('SIGTSTP', this.#onSuspend);
    this.#setRaw(false);
  }

  /** What `work` gives at the prompt, or undefined as soon as Ctrl-C is pressed. Other keys wait until then. */
  async untilInterrupt<T>(work: Promise<T>): Promise<T | undefined> {
    const interrupted = new Promise<undefined>((resolve) => {
      this.#onInterrupt = () => resolve(undefined);
    });
    try {
      return await Promise.race([work, interrupted]);
    } finally {
      this.#onInterrupt = undefined;
    }
  }

  prompting(): void {
    this.#endRunning();
    this.#setRaw(true);
  }

  #endRunning(): void {
    if (this.#onInterrupt) process.off('SIGINT', this.#onInterrupt);
    if (this.#onSuspend) process.off('SIGTSTP', this.#onSuspend);
    this.#onInterrupt = this.#onSuspend = undefined;
  }

  /**
   * Gives the terminal back to the shell that started us, as Ctrl-Z does, until it continues us. Where nobody could do that
   * (the first process of a container or terminal), the kernel does not stop us, and this only takes a moment.
   */
  async suspend(): Promise<void> {
    this.#setRaw(false);
    await stopHere();
    this.#setRaw(true);
  }

  /** The same while a command runs. */
  async #suspendRunning(): Promise<void> {
    const onSuspend = this.#onSuspend;
    if (!onSuspend) return;
    process.off('SIGTSTP', onSuspend);
    await stopHere();
    if (this.#onSuspend === onSuspend) process.on('SIGTSTP', onSuspend);
  }

  close(): void {
    this.#endRunning();
    clearTimeout(this.#escape);
    this.#stdin.off('data', this.#onData);
    this.#stdin.off('end', this.#onEnd);
    this.#setRaw(false);
    this.#stdin.pause();
  }

  #setRaw(raw: boolean): void {
    if (!this.#ended) this.#stdin.setRawMode(raw);
  }

  readonly #onData = (chunk: Buffer): void => {
    clearTimeout(this.#escape);
    this.#add(this.#decoder.push(this.#text.write(chunk)));
    if (!this.#decoder.ambiguous) return;
    this.#escape = startTimer(() => this.#add(this.#decoder.flush()), escapeMs);
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  #add(keys: Key[]): void {
    this.#keys.push(...keys);
    // Typed in the moment before the terminal was told to make a signal of it.
    const interrupt = this.#keys.findLastIndex(({ kind }) => kind === 'interrupt');
    if (this.#onInterrupt && interrupt >= 0) {
      this.#keys.splice(0, interrupt + 1);
      this.#onInterrupt();
    }
    this.#wake?.();
  }
}

/** Stops this process until it is continued, by a shell that has set the terminal for itself meanwhile. */
async function stopHere(): Promise<void> {
  process.kill(process.pid, 'SIGTSTP');
  await setTimeout(suspendMs);
  await quietTerminal();
}

/**
 * Turns off the terminal's own echo and line editing for good: libuv's "normal" mode, in which signals work, is the mode it finds here.
 * Node restores the mode of its start when it ends. Without stty, keys typed while a command runs are echoed.
 */
async function quietTerminal(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stty = spawn('stty', ['-echo', '-icanon', '-icrnl', 'min', '1', 'time', '0'], {
      stdio: ['inherit', 'ignore', 'ignore'],
    });
    stty.on('error', () => resolve());
    stty.on('exit', () => resolve());
  });
}
