import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import type { ObjectInfo } from '../store/object-store.ts';
import type { ObjectResult } from './verify-object.ts';
import type { DeepFinding } from './verify-report.ts';

/** What a state file is about; one of another kind is not resumed. */
export interface VerifyScope {
  store: string;
  replica: string;
  sample: number;
}

/**
 * Which objects a verification has read, kept in a file of one JSON document a line so that an interrupted one goes on
 * where it was. Results count for the version (etag) of the object that was read.
 */
export class VerifyState {
  readonly #file: string | undefined;
  readonly #done = new Map<string, ObjectResult>();
  readonly #opened = new Map<string, DeepFinding[]>();
  /** Which objects a sample takes: the same ones after a resumption. */
  readonly seed: string;

  private constructor(file: string | undefined, seed: string) {
    this.#file = file;
    this.seed = seed;
  }

  /**
   * Opens the state in `file`, or begins anew; without a file nothing is kept. Throws usage if the file is of another
   * kind, which would be lost, or cannot be used.
   */
  static async open(file: string | undefined, scope: VerifyScope): Promise<VerifyState> {
    const { lines, isEmpty } = file === undefined ? nothing : await readLines(file);
    const [header, ...results] = lines;
    if (file !== undefined && !isEmpty && !isHeader(header)) {
      throw new MongoqError(ErrorCode.usage, `${file} is no state file of verify`, {
        hint: 'give --state-file a name of its own, or remove that file',
      });
    }
    if (isHeader(header) && JSON.stringify(header.scope) === JSON.stringify(scope)) {
      const state = new VerifyState(file, header.seed);
      for (const line of results) {
        if (isResult(line)) state.#done.set(line.object, line.result);
        else if (isOpened(line)) state.#opened.set(line.backup, line.findings);
      }
      return state;
    }
    const seed = String(Date.now());
    if (file !== undefined) await using(file, writeFile(file, `${JSON.stringify({ scope, seed })}\n`));
    return new VerifyState(file, seed);
  }

  /** What was found in this version of an object, if it was read. */
  resultOf(info: ObjectInfo): ObjectResult | undefined {
    return this.#done.get(nameOf(info));
  }

  /** What was found in the content of a backup (`<id>_<ns>`), if it was looked at. */
  contentOf(backup: string): DeepFinding[] | undefined {
    return this.#opened.get(backup);
  }

  async record(info: ObjectInfo, result: ObjectResult): Promise<void> {
    this.#done.set(nameOf(info), result);
    await this.#append({ object: nameOf(info), result });
  }

  async recordContent(backup: string, findings: DeepFinding[]): Promise<void> {
    await this.#append({ backup, findings });
  }

  /** Removes the file: the verification has ended. */
  async finish(): Promise<void> {
    if (this.#file !== undefined) await using(this.#file, rm(this.#file, { force: true }));
  }

  async #append(line: object): Promise<void> {
    if (this.#file === undefined) return;
    await using(this.#file, appendFile(this.#file, `${JSON.stringify(line)}\n`));
  }
}

function nameOf({ key, etag }: ObjectInfo): string {
  return `${etag} ${key}`;
}

const nothing: { lines: unknown[]; isEmpty: boolean } = { lines: [], isEmpty: true };

/** The documents of the file; a last line that was not written to its end is left out. */
async function readLines(file: string): Promise<typeof nothing> {
  const reading = readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const text = await using(file, reading);
  const lines = text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
  return { lines, isEmpty: text.trim() === '' };
}

/** What the file system says of the file, in words. */
async function using<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isFull = /^(ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? '');
    const code = isFull ? ErrorCode.operationSpace : ErrorCode.usage;
    throw new MongoqError(code, `the state file ${file} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isHeader(line: unknown): line is { scope: VerifyScope; seed: string } {
  return typeof line === 'object' && line !== null && 'scope' in line && 'seed' in line;
}

function isResult(line: unknown): line is { object: string; result: ObjectResult } {
  return typeof line === 'object' && line !== null && 'object' in line && 'result' in line;
}

function isOpened(line: unknown): line is { backup: string; findings: DeepFinding[] } {
  return typeof line === 'object' && line !== null && 'backup' in line && 'findings' in line;
}
