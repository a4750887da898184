import { inspect, types } from 'node:util';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import { harmless } from './harmless.ts';
import { inspectValue, wholeDepth } from './inspect.ts';
import { styled } from './style.ts';
import { fit } from './wrap.ts';

/**
 * What a person reads of a failure, in one block: our own errors as sentence, code and hint; the server's and the shell's as mongosh
 * shows them, `MongoServerError[CodeName]: message`; anything thrown that is no error as its value. No stack traces,
 * unless MONGOQ_DEBUG is set. Sentences and hints are broken between words at `columns`.
 */
export function formatError(error: unknown, colors = false, columns = Infinity): string {
  const text = describe(error, colors, columns);
  if (process.env['MONGOQ_DEBUG'] && types.isNativeError(error)) return `${text}\n${inspect(error)}`;
  return text;
}

function describe(error: unknown, colors: boolean, columns: number): string {
  if (isMongoqError(error, ErrorCode.cancelled)) return error.message;
  if (isMongoqError(error))
    return `${fit(harmless(`${error.message} (${error.code})`), columns)}${hintOf(error, columns)}`;
  if (!isErrorLike(error)) return `Uncaught: ${inspectValue(error, { colors })}`;
  const { name, message, codeName } = error;
  const code = typeof codeName === 'string' ? `[${codeName}]` : '';
  const details = { errInfo: 'Additional information', result: 'Result', writeErrors: 'Write Errors' };
  const more = Object.entries(details)
    .filter(([key]) => error[key] !== undefined)
    .map(([key, title]) => `\n${title}: ${inspectValue(error[key], { colors, ...wholeDepth })}`);
  const head = `${styled(harmless(name + code), 'error', colors)}: ${harmless(message.trimEnd())}`;
  // Several lines are a picture, such as of the place of a syntax error.
  const sentence = message.trimEnd().includes('\n') ? head : fit(head, columns);
  return `${sentence}${more.join('')}${hintOf(error, columns)}`;
}

/** Hints stand below, indented. */
function hintOf(error: { hint?: unknown } | Record<string, unknown>, columns: number): string {
  const { hint } = error;
  if (typeof hint !== 'string') return '';
  const indent = '\n  ';
  return indent + fit(harmless(hint), columns - 2).replaceAll('\n', indent);
}

interface ErrorLike extends Record<string, unknown> {
  name: string;
  message: string;
}

/** Errors made inside the evaluator's context are not instances of our Error. */
function isErrorLike(error: unknown): error is ErrorLike {
  return (
    typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    typeof error.message === 'string' &&
    'name' in error &&
    typeof error.name === 'string'
  );
}
