import { MongoqError } from '../../base/errors.ts';
import { ErrorCode } from '../../base/error-codes.ts';
import type { ShellCommand } from './command.ts';

/** The command's only argument. Throws a usage error if there is none or more than one. */
export function oneArgument(args: string[], command: ShellCommand): string {
  const [argument] = args;
  if (argument === undefined || args.length > 1) throw wrongUsage(command);
  return argument;
}

/** Throws a usage error if there are arguments: a mistyped option must not look as if it had been heeded. */
export function noArguments(args: string[], command: ShellCommand): void {
  if (args.length > 0) throw wrongUsage(command);
}

/** A usage error that shows how the command is written. */
export function wrongUsage(command: ShellCommand): MongoqError {
  return new MongoqError(ErrorCode.usage, `usage: ${command.usage}`, { hint: command.summary });
}
