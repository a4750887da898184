import { Script } from 'node:vm';

/** What decides how many ways of matching there may be to try. */
export interface Effort {
  /** Repetitions without a close bound. */
  loops: number;
  /** One of them is inside of another, or repeats alternatives: each more character may double the ways. */
  nested: boolean;
}

/** How long one text may take. PCRE gives up after ten million steps, which take it no longer. */
const longestMilliseconds = 2000;

/** So many steps are taken without a watch, which costs as much as a hundred thousand of them. */
const manySteps = 1e8;

/** Texts up to this length are short even where ways double. */
const shortText = 24;

/**
 * The test of a regular expression that comes to an end with any text: one that takes too long does not match, as in mongod, whose PCRE then
 * reports an error. Only what may take long is watched.
 */
export function boundedTest(
  regex: RegExp,
  { loops, nested }: Effort,
  milliseconds = longestMilliseconds,
): (text: string) => boolean {
  const isShort = (length: number): boolean =>
    nested ? length <= shortText : length ** (loops + 1) <= manySteps;
  return (text) => (isShort(text.length) ? regex.test(text) : watched(() => regex.test(text), milliseconds));
}

const slot = Symbol.for('mongoq.watched');
const script = new Script("globalThis[Symbol.for('mongoq.watched')]()");

/** Only a script can be ended by the engine while a regular expression runs; it finds what to do under a symbol. */
function watched(test: () => boolean, timeout: number): boolean {
  const shared = globalThis as unknown as Record<symbol, unknown>;
  shared[slot] = test;
  try {
    return script.runInThisContext({ timeout }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    shared[slot] = undefined;
  }
}
