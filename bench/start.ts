/**
 * How long the shell takes to be there, as a person at a terminal sees it, beside npm's own mongosh in the same run: from the start
 * of the process to the prompt, to the first key's echo, to the first answer; and the longest that a key waits for its
 * echo in the two seconds after the prompt, while the evaluator is loaded. `promptCpu` is the processor's time until the prompt, which
 * other programs on the machine change little. Prints a table of medians and writes bench/results/start.json. Times are
 * milliseconds; files are in the system's cache after one run that does not count.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';

const root = path.join(import.meta.dirname, '..');
const runs = Number(process.env['MONGOQ_BENCH_RUNS'] ?? 9);
/** Letters that a typist sends, and how far apart. */
const letters = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmn';
const betweenMs = 50;

interface Program {
  args: string[];
  /** What stands on the screen when a key may be pressed. */
  prompt: RegExp;
}

const programs: Record<string, Program> = {
  mongoq: { args: ['dist/cli/main.js', '--store', 'sample'], prompt: /mongoq>\s*$/ },
  'mongoq, a backup opened': {
    args: ['dist/cli/main.js', '--store', 'sample', '-r', 'rs0-a', '-i', 'latest'],
    prompt: /test>\s*$/,
  },
  'mongosh --nodb': { args: ['node_modules/mongosh/bin/mongosh.js', '--nodb'], prompt: />\s*$/ },
};

interface Measured {
  prompt: number;
  promptCpu: number;
  firstEcho: number;
  slowestEcho: number;
  firstAnswer: number;
}

/** A program on a terminal of its own; `until` gives the time at which what it has written, without colours, matches. */
class Terminal {
  readonly #started = performance.now();
  readonly #pty;
  readonly #exited: Promise<void>;
  #text = '';
  #look: (() => void) | undefined;

  constructor(args: string[], home: string) {
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, TZ: 'UTC' };
    this.#pty = spawn(process.execPath, args, { name: 'xterm-256color', cols: 80, rows: 24, cwd: root, env });
    this.#pty.onData((data) => {
      this.#text += data;
      this.#look?.();
    });
    this.#exited = new Promise((resolve) => this.#pty.onExit(() => resolve()));
  }

  get now(): number {
    return performance.now() - this.#started;
  }

  /** User and system time so far: the 14th and 15th field of Linux's /proc/PID/stat, in hundredths of a second. */
  get cpu(): number {
    const fields = readFileSync(`/proc/${this.#pty.pid}/stat`, 'utf8').split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  }

  write(text: string): void {
    this.#text = '';
    this.#pty.write(text);
  }

  type(letter: string): void {
    this.#pty.write(letter);
  }

  async until(expected: RegExp | string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${String(expected)} in ${this.#text}`)), 60_000);
      this.#look = () => {
        const text = stripVTControlCharacters(this.#text);
        if (typeof expected === 'string' ? !text.includes(expected) : !expected.test(text)) return;
        clearTimeout(timer);
        this.#look = undefined;
        resolve();
      };
      this.#look();
    });
    return this.now;
  }

  async end(): Promise<void> {
    this.#pty.kill('SIGKILL');
    await this.#exited;
  }
}

/** One start in which somebody types a word, and one in which the first thing typed is a sum. */
async function measure({ args, prompt }: Program, home: string): Promise<Measured> {
  const typed = new Terminal(args, home);
  const prompted = await typed.until(prompt);
  const promptCpu = typed.cpu;
  const echoes: number[] = [];
  let firstEcho = 0;
  typed.write('');
  for (let index = 0; index < letters.length; index++) {
    const pressed = typed.now;
    typed.type(letters[index] ?? '');
    const echoed = await typed.until(letters.slice(0, index + 1));
    if (index === 0) firstEcho = echoed;
    echoes.push(echoed - pressed);
    await new Promise((resolve) => setTimeout(resolve, betweenMs - Math.min(betweenMs, echoed - pressed)));
  }
  await typed.end();

  const asked = new Terminal(args, home);
  await asked.until(prompt);
  asked.write('654321 * 2\r');
  const firstAnswer = await asked.until('1308642');
  await asked.end();
  return { prompt: prompted, promptCpu, firstEcho, slowestEcho: Math.max(...echoes), firstAnswer };
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const home = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-start-'));
const all: Record<string, Measured[]> = {};
try {
  for (let run = 0; run <= runs; run++) {
    for (const [name, program] of Object.entries(programs)) {
      const measured = await measure(program, home);
      if (run > 0) (all[name] ??= []).push(measured);
    }
  }
} finally {
  await rm(home, { recursive: true, force: true });
}

const columns = ['prompt', 'promptCpu', 'firstEcho', 'slowestEcho', 'firstAnswer'] as const;
const table = Object.fromEntries(
  Object.entries(all).map(([name, measured]) => [
    name,
    Object.fromEntries(
      columns.map((column) => [column, Math.round(median(measured.map((one) => one[column])))]),
    ),
  ]),
);
console.table(table);
const machine = { node: process.version, cpus: cpus().length, load: loadavg()[0], runs };
await writeFile(
  path.join(root, 'bench/results/start.json'),
  `${JSON.stringify({ machine, medians: table }, null, 2)}\n`,
);
