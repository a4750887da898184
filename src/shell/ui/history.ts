import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';

const keep = 2000;
/** Words that stand beside secrets, and secrets that show: user and password in an address, keys of AWS. */
const secret =
  /db\.auth|createUser|updateUser|passw(?:or)?d|passphrase|\bpwd\b|secret|credential|token|api_?key|private_?key|:\/\/[^/\s]*:[^/\s]*@|\bA[KS]IA[0-9A-Z]{16}\b/i;

/** The inputs typed before, newest last, kept in a file that only the user can read. */
export class History {
  #entries: string[];
  /** Entries of this shell that are in no file. */
  readonly #unsaved: string[] = [];
  readonly #file: string;
  /** Whether it was said that the file cannot be written. */
  #told = false;

  private constructor(file: string, entries: string[]) {
    this.#file = file;
    this.#entries = entries;
  }

  /** Oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Reads the file; an unreadable or missing one is an empty history. */
  static async load(file: string): Promise<History> {
    const entries = await readEntries(file);
    if (entries.length > 2 * keep) await rewrite(file, entries.slice(-keep)).catch(() => undefined);
    return new History(file, entries.slice(-keep));
  }

  /** Takes in what other shells have added since. */
  async refresh(): Promise<void> {
    const entries = await readEntries(this.#file);
    if (entries.length > 0) this.#entries = [...entries, ...this.#unsaved].slice(-keep);
  }

  /**
   * Adds an input, unless it repeats the last one or could hold a secret. Several shells may append to one file. A
   * file that cannot be written costs only the history: the sentence returned says so, once.
   */
  async add(entry: string): Promise<string | undefined> {
    if (entry.trim() === '' || entry === this.#entries.at(-1)) return undefined;
    this.#entries.push(entry);
    if (secret.test(entry)) {
      this.#unsaved.push(entry);
      return undefined;
    }
    try {
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      const file = await open(this.#file, 'a', 0o600);
      await file.write(`${JSON.stringify(entry)}\n`);
      await file.chmod(0o600);
      await file.close();
      return undefined;
    } catch (error) {
      this.#unsaved.push(entry);
      if (this.#told) return undefined;
      this.#told = true;
      return `the history is not kept: ${messageOf(error)}`;
    }
  }
}

async function readEntries(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => parseEntry(line));
}

/** Replaces the file at once, so that a shell that starts meanwhile reads the old one or the new one. */
async function rewrite(file: string, entries: string[]): Promise<void> {
  const next = `${file}.${process.pid}`;
  await writeFile(next, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
  await rename(next, file);
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
