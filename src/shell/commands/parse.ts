import type { ShellCommand } from './command.ts';

/**
 * Splits a line that is one of our commands into the command and its arguments; undefined if the line is JavaScript.
 * `status` alone is a command, `status = 1`, `status.ok` and `status()` are not.
 */
export function parseCommand(
  line: string,
  commands: readonly ShellCommand[],
): { command: ShellCommand; args: string[] } | undefined {
  const match = /^\s*(\.?[a-z_]+)((?:\s+(?:--[a-z]+=\S+|[^\s=(.][^\s=(]*))*)\s*;?\s*$/.exec(line);
  if (!match) return undefined;
  const [, name = '', rest = ''] = match;
  const command = commands.find(({ names }) => names.includes(name));
  return command && { command, args: rest.replace(/;$/, '').split(/\s+/).filter(Boolean) };
}
