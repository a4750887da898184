import type { Command } from 'commander';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { commandWords } from './words.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export type CompletionShell = keyof typeof scripts;

/** A completion script for commands, options and their values, made from the program's own definitions. */
export function completionScript(shell: CompletionShell, program: Command): string {
  return scripts[shell](commandWords(program));
}
