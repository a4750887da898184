import { readFile } from 'node:fs/promises';
import type { Session } from '../session/session.ts';
import type { CommandContext } from './commands/command.ts';
import { shellCommands } from './commands/index.ts';
import { parseCommand } from './commands/parse.ts';
import { startEvaluator, type EvaluationResult, type Evaluator } from './evaluator.ts';

export interface ShellOptions {
  session: Session;
  /** The first `db`. */
  db?: string | undefined;
  interactive: boolean;
  /** Receives what the user's code prints while it runs, and what it returns. */
  show: (result: EvaluationResult) => void;
  /** Receives the text of our own commands. */
  say: (text: string) => void;
}

/**
 * The shell without a screen: takes one input after the other, ours or JavaScript, and shows the results. The
 * terminal, scripts and pipes are three ways to feed it.
 */
export class Shell {
  readonly #options: ShellOptions;
  readonly #evaluator: Promise<Evaluator>;
  #leaving = false;
  #databaseName: string;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#databaseName = options.db ?? 'test';
    // Loading mongosh's packages takes a while: begin before the first input is typed.
    this.#evaluator = startEvaluator({
      uri: options.session.uri,
      interactive: options.interactive,
      onPrint: (values) => values.forEach(options.show),
      readFile: (file) => readFile(file, 'utf8'),
      ...(options.db === undefined ? {} : { db: options.db }),
    });
    // A failure shows at the first use.
    this.#evaluator.catch(() => undefined);
  }

  /** Whether `exit` was given. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** Runs one input. Throws what failed: MongoqErrors, errors of the server, anything that the user's code throws. */
  async run(input: string): Promise<void> {
    const { session, say, show } = this.#options;
    const parsed = parseCommand(input, shellCommands);
    if (parsed) {
      const before = session.backup;
      const text = await parsed.command.run(parsed.args, this.#context());
      if (session.backup !== before) (await this.#evaluator).forgetCursor();
      if (text !== '') say(text);
      return;
    }
    if (input.trim() === '') return;
    await session.beginCommand();
    const evaluator = await this.#evaluator;
    try {
      show(await evaluator.evaluate(input));
    } finally {
      this.#databaseName = evaluator.databaseName;
    }
  }

  /** Texts that could replace `text`, the input up to the cursor. */
  async complete(text: string): Promise<string[]> {
    const word = /^\s*([a-z_]+)\s+(\S*)$/.exec(text);
    const command = word && shellCommands.find(({ names }) => names.includes(word[1] ?? ''));
    if (command) {
      const head = text.slice(0, text.length - (word[2] ?? '').length);
      const words = (await command.complete?.(this.#context())) ?? [];
      return words
        .filter((candidate) => candidate.startsWith(word[2] ?? ''))
        .map((candidate) => head + candidate);
    }
    const ours = shellCommands
      .flatMap(({ names }) => names)
      .filter((name) => text !== '' && name.startsWith(text));
    return [...ours, ...(await (await this.#evaluator).complete(text))];
  }

  /** Stops what runs. */
  async interrupt(): Promise<void> {
    await (await this.#evaluator).interrupt();
  }

  /** `rs0-a/812 app> `: where the shell is. */
  get prompt(): string {
    const { replica, backup } = this.#options.session;
    if (replica === undefined) return 'mongoq> ';
    return backup === undefined ? `${replica}> ` : `${replica}/${backup.id} ${this.#databaseName}> `;
  }

  #context(): CommandContext {
    return { session: this.#options.session, now: new Date(), exit: () => void (this.#leaving = true) };
  }

  async close(): Promise<void> {
    await this.#evaluator.then(
      (evaluator) => evaluator.close(),
      () => undefined,
    );
  }
}
