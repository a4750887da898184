import path from 'node:path';
import { spawn, type IPty } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { isolatedEnv, root, sample } from './mongoq.ts';

const main = path.join(root, 'dist/cli/main.js');
/** How long something may take to appear on a loaded machine. */
const patienceMs = 60_000;

/** What terminals send for the keys that have no letter. */
const keys = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  right: '\x1b[C',
  home: '\x1b[H',
  backspace: '\x7f',
  'ctrl-a': '\x01',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-l': '\x0c',
  'ctrl-r': '\x12',
  'ctrl-u': '\x15',
  'ctrl-w': '\x17',
  'ctrl-y': '\x19',
  'ctrl-z': '\x1a',
} as const;

export interface TestShellOptions {
  args?: string[];
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
  /** TERM. */
  terminal?: string;
  /** Started from an interactive bash, which can stop and continue it. */
  underBash?: boolean;
  /** A command for that bash, run first. */
  first?: string;
  /** Another program instead. */
  program?: [file: string, ...args: string[]];
}

/** The shell as a user has it: `mongoq` on a pseudo-terminal, and the screen that its output makes. */
export class TestShell {
  readonly env: Record<string, string>;
  /** The exit code, once the program has ended. */
  readonly exited: Promise<number>;
  readonly #pty: IPty;
  readonly #screen: headless.Terminal;
  readonly #waiting = new Set<() => void>();
  #raw = '';
  #ended = false;
  #mark = 0;

  constructor(options: TestShellOptions = {}) {
    const { args = ['--store', sample], columns = 80, rows = 24, terminal = 'xterm-256color' } = options;
    this.env = options.env ?? isolatedEnv();
    this.#screen = new headless.Terminal({ cols: columns, rows, scrollback: 20_000, allowProposedApi: true });
    const command = [main, ...args];
    const size = { name: terminal, cols: columns, rows, env: this.env };
    if (options.program) {
      const [file, ...rest] = options.program;
      this.#pty = spawn(file, rest, size);
    } else if (options.underBash) {
      this.#pty = spawn('bash', ['--norc', '--noprofile', '-i'], size);
      this.#pty.write(
        `PS1='$ '; ${options.first ?? ':'}; ${[process.execPath, ...command].map((word) => `'${word}'`).join(' ')}\r`,
      );
    } else this.#pty = spawn(process.execPath, command, size);
    this.#pty.onData((data) => {
      this.#raw += data;
      this.#screen.write(data, () => this.#changed());
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#ended = true;
        this.#screen.write('', () => this.#changed());
        resolve(exitCode);
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Everything that the program has sent, escape sequences and all. */
  get raw(): string {
    return this.#raw;
  }

  /** What stands on the screen and above it since the last input began; rows that the terminal broke are whole lines again. */
  get output(): string {
    return this.#lines(this.#mark);
  }

  /** The line in which the cursor is. */
  get cursorLine(): string {
    const { active } = this.#screen.buffer;
    let row = active.baseY + active.cursorY;
    while (row > 0 && active.getLine(row)?.isWrapped) row--;
    return this.#lines(row).split('\n')[0] ?? '';
  }

  /** The rows that are on the screen now. */
  get rows(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) => this.#row(active.baseY + row));
  }

  /** Types text as it is; what `output` gives begins here. */
  type(text: string): void {
    this.#mark = this.#cursorRow();
    this.#pty.write(text);
  }

  press(...names: (keyof typeof keys)[]): void {
    for (const name of names) this.#pty.write(keys[name]);
  }

  /** Pastes as terminals do for programs that asked for bracketed paste. */
  paste(text: string): void {
    this.type(`\x1b[200~${text}\x1b[201~`);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Resolves once `expected` holds, or stands in the output since the last input. */
  async waitFor(expected: string | RegExp | (() => boolean)): Promise<void> {
    const holds = (): boolean => {
      if (typeof expected === 'function') return expected();
      return typeof expected === 'string' ? this.output.includes(expected) : expected.test(this.output);
    };
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const failure = (why: string): Error =>
        new Error(`${why} before ${String(expected)}:\n${this.#lines(0).slice(-4000)}`);
      const look = (): void => {
        if (holds()) end();
        else if (this.#ended) end(failure('the shell ended'));
      };
      const timer = setTimeout(() => end(failure('time was up')), patienceMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits for an empty prompt below the row where the last input began. */
  async prompted(): Promise<void> {
    await this.waitFor(() => this.#cursorRow() > this.#mark && this.atPrompt);
  }

  /** Whether the cursor stands in a prompt at which nothing has been typed. */
  get atPrompt(): boolean {
    return /^\S[^\n]*> ?$/.test(this.cursorLine);
  }

  /** Waits for the first prompt. */
  async started(): Promise<this> {
    await this.waitFor(() => this.atPrompt);
    return this;
  }

  /** Types a line and Enter, and gives what stands between it and the next prompt. */
  async run(line: string): Promise<string> {
    this.type(`${line}\r`);
    await this.prompted();
    return this.output.split('\n').slice(1, -1).join('\n');
  }

  /** Takes the terminal away, as by closing its window. */
  hangUp(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Ends the program if it still runs. */
  async stop(): Promise<void> {
    if (!this.#ended) this.#pty.kill('SIGKILL');
    await this.exited;
    this.#screen.dispose();
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  #cursorRow(): number {
    const { active } = this.#screen.buffer;
    return active.baseY + active.cursorY;
  }

  #row(row: number): string {
    return this.#screen.buffer.active.getLine(row)?.translateToString(true) ?? '';
  }

  #lines(from: number): string {
    const { active } = this.#screen.buffer;
    const lines: string[] = [];
    for (let row = from; row < active.length; row++) {
      const text = this.#row(row);
      if (active.getLine(row)?.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
      else lines.push(text);
    }
    return lines.join('\n').trimEnd();
  }
}
