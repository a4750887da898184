import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';

const keep = 2000;
const secret =
  /\b(?:db\.auth|createUser|updateUser|changeUserPassword|passwordPrompt|password|pwd|secret)\b/i;

/** The inputs typed before, newest last, kept in a file that only the user can read. */
export class History {
  readonly entries: string[];
  readonly #file: string;

  private constructor(file: string, entries: string[]) {
    this.#file = file;
    this.entries = entries;
  }

  /** Reads the file; an unreadable or missing one is an empty history. */
  static async load(file: string): Promise<History> {
    const text = await readFile(file, 'utf8').catch(() => '');
    const entries = text.split('\n').flatMap((line) => parseEntry(line));
    return new History(file, entries.slice(-keep));
  }

  /**
   * Adds an input, unless it repeats the last one or could hold a secret. Several shells may append to one file. A
   * file that cannot be written costs only the history: the sentence returned says so.
   */
  async add(entry: string): Promise<string | undefined> {
    if (entry.trim() === '' || entry === this.entries.at(-1)) return undefined;
    this.entries.push(entry);
    if (secret.test(entry)) return undefined;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      const file = await open(this.#file, 'a', 0o600);
      await file.write(`${JSON.stringify(entry)}\n`);
      await file.close();
      return undefined;
    } catch (error) {
      return `the history is not kept: ${messageOf(error)}`;
    }
  }
}

/** A line is a JSON string, so that inputs of several lines stay whole. */
function parseEntry(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch {
    return [];
  }
}
