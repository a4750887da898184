#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { isAbort } from '../base/errors.ts';
import { addCommands } from './commands/index.ts';
import { ExitCode, exitCodeOf } from './exit-codes.ts';
import { assumeSize, reportError } from './output.ts';
import { endWithOutput, outputFailed } from './signals.ts';

// Warnings of libraries (deprecations of the driver's methods, which mongosh's API calls) are not for the user.
if (!process.env['MONGOQ_DEBUG']) process.removeAllListeners('warning');

endWithOutput(reportError);
for (const stream of [process.stdout, process.stderr]) assumeSize(stream);
const program = addCommands(new Command('mongoq'));

try {
  await program.parseAsync(withStoreName(process.argv));
} catch (error) {
  const code = error instanceof CommanderError ? usageExitCode(error) : exitCodeOf(error);
  if (!outputFailed()) process.exitCode = code;
  if (!(error instanceof CommanderError) && !isAbort(error)) reportError(error);
}

// Everything has ended in order by now; a handle that a library left open must not keep the program alive.
setTimeout(() => process.exit(), 2000).unref();

/** Help and version are successes; commander has printed its message already. */
function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}

/** `mongoq @prod ...` is `mongoq --store @prod ...`. */
function withStoreName([node = '', script = '', first, ...rest]: string[]): string[] {
  if (first === undefined) return [node, script];
  return first.startsWith('@') ? [node, script, '--store', first, ...rest] : [node, script, first, ...rest];
}
