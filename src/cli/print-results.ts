import { setImmediate } from 'node:timers/promises';
import { formatResult } from '../shell/format.ts';
import type { JsonStyle } from '../shell/format-json.ts';
import type { EvaluationResult } from '../shell/evaluator.ts';
import type { LiveLine } from '../shell/live-line.ts';
import { wantsColors } from './output.ts';
import { piecesOf } from './pieces.ts';

/** Ends all colours. */
const plain = '\x1b[0m';
/** How long output may keep the event loop: a loop that prints must not shut out Ctrl-C. */
const holdMs = 20;

export interface ResultPrinterOptions {
  /** Extended JSON instead of mongosh's format. */
  json?: JsonStyle | undefined;
  /** Stays away while something is printed. */
  line?: LiveLine | undefined;
}

/** Writes a shell's results to standard output. */
export class ResultPrinter {
  readonly #stream = process.stdout;
  readonly #options: ResultPrinterOptions;
  readonly #colors = wantsColors(process.stdout);
  #since = performance.now();

  constructor(options: ResultPrinterOptions = {}) {
    this.#options = options;
  }

  readonly show = async (result: EvaluationResult, signal?: AbortSignal): Promise<void> => {
    const text = await this.#format(result);
    if (text !== '') await this.say(text, signal);
  };

  async #format(result: EvaluationResult): Promise<string> {
    const { json } = this.#options;
    const { columns, isTTY } = this.#stream;
    if (!json) return formatResult(result, { colors: this.#colors, columns: isTTY ? columns : undefined });
    const { formatJson } = await import('../shell/format-json.ts');
    return formatJson(result, json);
  }

  /** Writes `text` and a line end; ends early, without an error, when `signal` is aborted. */
  readonly say = async (text: string, signal?: AbortSignal): Promise<void> => {
    const { line } = this.#options;
    const write = (): Promise<void> => this.#writeAll(text, signal);
    await (line ? line.aside(write) : write());
  };

  async #writeAll(text: string, signal: AbortSignal | undefined): Promise<void> {
    for (const piece of piecesOf(text)) {
      if (signal?.aborted) break;
      await this.#write(piece);
      await this.#breathe();
    }
    await this.#write(signal?.aborted && this.#colors ? `${plain}\n` : '\n');
  }

  /** Waits where the reader of a pipe is slow. A reader that is gone gets nothing more. */
  async #write(text: string): Promise<void> {
    if (this.#stream.destroyed || this.#stream.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#stream.off('drain', go).off('close', go);
        resolve();
      };
      this.#stream.on('drain', go).on('close', go);
    });
  }

  /** Lets Ctrl-C be heard. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#since < holdMs) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
