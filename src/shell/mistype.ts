import { shellCommands } from './commands/index.ts';
import { nearest } from './nearest.ts';

/** mongosh's own words that begin an input. */
const mongoshWords = ['show', 'use', 'it', 'db', 'print', 'printjson', 'load', 'help', 'cls', 'version'];

/** A failed input, with what its first word was probably meant to be. */
export class MistypedInput extends Error {
  override readonly name: string;
  readonly hint: string;

  constructor(cause: Error, meant: string) {
    // What the parser shows below its first line is how it reads JavaScript, which was not meant.
    super(cause.message.split('\n')[0], { cause });
    this.name = cause.name;
    this.hint = `did you mean ${meant}?`;
  }
}

/** The error to report for an input: the same, unless it looks like a command of ours or mongosh's, mistyped. */
export function explainMistype(input: string, error: unknown): unknown {
  const [, word = ''] = /^\s*([A-Za-z_]+)\b/.exec(input) ?? [];
  if (word === '' || !isErrorLike(error)) return error;
  const unknown = error.message === `${word} is not defined`;
  if (!unknown && error.name !== 'SyntaxError') return error;
  const words = [...shellCommands.flatMap(({ names }) => names), ...mongoshWords];
  if (words.includes(word)) return error;
  const meant = nearest(word, words);
  return meant === undefined ? error : new MistypedInput(error, meant);
}

/** Errors made inside the evaluator's context are not instances of our Error. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}
