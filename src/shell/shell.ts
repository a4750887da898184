import { types } from 'node:util';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { Session, SessionStatus } from '../session/session.ts';
import type { CommandContext, ShellCommand } from './commands/command.ts';
import { shellCommands } from './commands/index.ts';
import { parseCommand } from './commands/parse.ts';
import { localMinute } from './commands/time.ts';
import { complete } from './complete.ts';
import { startEvaluator, type EvaluationResult, type Evaluator } from './evaluator.ts';
import { LoopBreaker } from './loop-breaker.ts';
import { explainMistype } from './mistype.ts';
import { readScript } from './read-script.ts';
import { SeenFields } from './seen-fields.ts';

export interface ShellOptions {
  session: Session;
  /** The first `db`. */
  db?: string | undefined;
  interactive: boolean;
  /** Receives what the user's code prints while it runs, and what it returns. */
  show: (result: EvaluationResult, signal?: AbortSignal) => void | Promise<void>;
  /** Receives the text of our own commands. */
  say: (text: string, signal?: AbortSignal) => void | Promise<void>;
  /** Receives mongosh's warnings: none of them is a result. */
  warn: (text: string) => void | Promise<void>;
  /** How wide the terminal is, where there is one. */
  columns?: () => number | undefined;
  /** Clears the screen, where there is one. */
  clear?: () => void;
  /** Loads what the next command will need besides the evaluator, for `warmUp`. */
  preload?: () => Promise<unknown>;
}

/** The user's code ends itself by then, once it is interrupted, with the error that it should show; or it never does. */
const stopsWithinMs = 1000;

/**
 * The shell without a screen: takes one input after the other, ours or JavaScript, and shows the results. The
 * terminal, scripts and pipes are three ways to feed it.
 */
export class Shell {
  readonly #options: ShellOptions;
  readonly #fields = new SeenFields();
  #breaker: LoopBreaker | undefined;
  #evaluator: Promise<Evaluator> | undefined;
  #exitCode: number | undefined;
  #onExit: (() => void) | undefined;
  #databaseName: string;
  #doing = '';
  #signal: AbortSignal | undefined;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#databaseName = options.db ?? 'test';
  }

  /** Whether the user has ended the shell: `exit`, or `exit(3)` and `quit()` in JavaScript. */
  get leaving(): boolean {
    return this.#exitCode !== undefined;
  }

  /** The exit code that was given with it, 0 to 255. */
  get exitCode(): number {
    return this.#exitCode ?? 0;
  }

  /** What the input that runs is waiting for, in words. */
  get doing(): string {
    return this.#doing;
  }

  /** What the session has read so far, and whether the store answers. */
  status(): Promise<SessionStatus> {
    return this.#options.session.status();
  }

  /**
   * Loads what takes a while before it is needed, while the user looks at the prompt. A failure shows at the first use.
   */
  async warmUp(): Promise<void> {
    try {
      await this.#options.preload?.();
      await this.#started();
      this.#breaker ??= new LoopBreaker();
    } catch {
      // Shown by what needs it.
    }
  }

  /**
   * Runs one input. Throws what failed: MongoqErrors (cancelled, if `signal` stopped it), errors of the server, anything that the
   * user's code throws.
   */
  async run(input: string, signal?: AbortSignal): Promise<void> {
    if (input.trim() === '') return;
    this.#signal = signal;
    try {
      signal?.throwIfAborted();
      const parsed = parseCommand(input, shellCommands);
      await (parsed ? this.#runCommand(parsed.command, parsed.args) : this.#runCode(input));
    } catch (error) {
      if (signal?.aborted || isBrokenLoop(error)) throw new MongoqError(ErrorCode.cancelled, 'interrupted');
      throw explainMistype(input, error);
    } finally {
      this.#signal = undefined;
    }
  }

  async #runCommand(command: ShellCommand, args: string[]): Promise<void> {
    const { session, say } = this.#options;
    const before = session.backup;
    this.#doing = command.doing;
    if (!command.keepsCounts) await session.beginCommand();
    const text = await command.run(args, this.#context());
    if (session.backup !== before) {
      // One that could not be started shows that at its next use.
      void this.#evaluator?.then((evaluator) => evaluator.forgetCursor()).catch(() => undefined);
    }
    if (text !== '') await say(text, this.#signal);
  }

  async #runCode(code: string): Promise<void> {
    const { session } = this.#options;
    this.#doing = 'starting the evaluator';
    await session.beginCommand();
    const breaker = (this.#breaker ??= new LoopBreaker());
    const evaluator = await untilAborted(this.#started(), this.#signal);
    await breaker.ready;
    this.#signal?.throwIfAborted();
    this.#doing = 'running';
    const exited = new Promise<undefined>((resolve) => (this.#onExit = () => resolve(undefined)));
    let interrupted: Promise<void> | undefined;
    const interrupt = (): void => void (interrupted = evaluator.interrupt());
    this.#signal?.addEventListener('abort', interrupt);
    breaker.begin();
    try {
      const ended = Promise.race([evaluator.evaluate(code), exited]);
      const result = await untilAborted(ended, this.#signal, stopsWithinMs);
      if (result) await this.#show(result);
    } finally {
      breaker.end();
      this.#signal?.removeEventListener('abort', interrupt);
      await interrupted;
      this.#databaseName = evaluator.databaseName;
    }
  }

  async #show(result: EvaluationResult): Promise<void> {
    this.#fields.see(result);
    await this.#options.show(result, this.#signal);
  }

  /** Texts that could replace `text`, the input up to the cursor. */
  readonly complete = async (text: string, signal?: AbortSignal): Promise<string[]> => {
    const code = async (line: string): Promise<string[]> => (await this.#started()).complete(line);
    return complete(text, { context: { ...this.#context(), signal }, fields: this.#fields, code });
  };

  /** Where the shell is, `rs0-a/812 app> `, and the time of the backup. */
  get place(): { place: string; time: string | undefined } {
    const { replica, backup } = this.#options.session;
    if (replica === undefined) return { place: 'mongoq> ', time: undefined };
    if (backup === undefined) return { place: `${replica}> `, time: undefined };
    return { place: `${replica}/${backup.id} ${this.#databaseName}> `, time: localMinute(backup.date) };
  }

  #started(): Promise<Evaluator> {
    const { session, db, interactive } = this.#options;
    return (this.#evaluator ??= startEvaluator({
      uri: session.uri,
      interactive,
      onPrint: async (values) => {
        const [only] = values;
        await this.#show(values.length === 1 && only ? only : { type: 'PrintedValues', printable: values });
      },
      onWarning: (text) => this.#options.warn(text),
      onClear: () => this.#options.clear?.(),
      onExit: (exitCode) => this.#exit(exitCode),
      readFile: readScript,
      ...(db === undefined ? {} : { db }),
    }));
  }

  /** Of the number the system keeps one byte. */
  #exit(exitCode: number): void {
    this.#exitCode = exitCode & 0xff;
    this.#onExit?.();
  }

  #context(): CommandContext {
    const { session, columns, clear } = this.#options;
    return {
      session,
      now: new Date(),
      columns: columns?.(),
      clear: () => clear?.(),
      exit: (exitCode) => this.#exit(exitCode),
      signal: this.#signal,
    };
  }

  async close(): Promise<void> {
    await this.#breaker?.close();
    await this.#evaluator?.then(
      (evaluator) => evaluator.close(),
      () => undefined,
    );
  }
}

/** Ctrl-C in the part of the user's code that runs without waiting for anything. Node may make the error in the code's own context. */
function isBrokenLoop(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}

/** `promise`, or a rejection as soon as the signal is aborted, or so much later; the promise goes on by itself. */
async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  afterMs = 0,
): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    let late: NodeJS.Timeout | undefined;
    const abort = (): void => {
      late = setTimeout(() => reject(signal.reason as Error), afterMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
      clearTimeout(late);
    });
  });
}
