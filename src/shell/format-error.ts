import { inspect } from 'node:util';
import { isMongoqError } from '../base/errors.ts';

/**
 * What a person reads of a failure: our own errors as sentence, code and hint; the server's and the shell's as mongosh
 * shows them, `MongoServerError[CodeName]: message`; anything thrown that is no error as its value. No stack traces,
 * unless MONGOQ_DEBUG is set.
 */
export function formatError(error: unknown): string {
  const text = describe(error);
  if (process.env['MONGOQ_DEBUG'] && error instanceof Error) return `${text}\n${inspect(error)}`;
  return text;
}

function describe(error: unknown): string {
  if (isMongoqError(error)) {
    const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
    return `${error.message} (${error.code})${hint}`;
  }
  if (isErrorLike(error)) {
    const codeName = error.codeName ?? error.code;
    const code = typeof codeName === 'string' || typeof codeName === 'number' ? `[${codeName}]` : '';
    return `${error.name}${code}: ${error.message}`;
  }
  return `Uncaught: ${inspect(error)}`;
}

interface ErrorLike {
  name: string;
  message: string;
  code?: unknown;
  codeName?: unknown;
}

/** Errors made inside the evaluator's context are not instances of our Error. */
function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}
