import type { Command, Option } from 'commander';
import { fullName } from './examples.ts';

export type CompletionShell = 'bash' | 'zsh' | 'fish';

/** A completion script for commands and options, made from the program's own definitions. */
export function completionScript(shell: CompletionShell, program: Command): string {
  if (shell === 'fish') return fishScript(program);
  const bash = bashScript(program);
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

/** Every command with the words that may follow its name, and the values of its options. */
function tree(command: Command): CommandWords[] {
  const options = command.options.filter(({ hidden }) => !hidden);
  const words = [
    ...command.commands.map((nested) => nested.name()),
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ...options.flatMap(flagsOf),
  ];
  const values = options
    .filter(({ required, optional }) => required || optional)
    .map((option) => ({ flags: flagsOf(option), choices: option.argChoices ?? [] }));
  return [{ name: fullName(command), words, values }, ...command.commands.flatMap(tree)];
}

interface CommandWords {
  name: string;
  words: string[];
  /** Options that take a value; without choices it may be anything, such as a file. */
  values: { flags: string[]; choices: string[] }[];
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function bashScript(program: Command): string {
  const commands = tree(program);
  const cases = commands.map(({ name, words }) => `    '${name}') words='${words.join(' ')}' ;;`);
  const values = commands.flatMap(({ name, values: taken }) =>
    taken.map(
      ({ flags, choices }) =>
        `    ${flags.map((flag) => `'${name} ${flag}'`).join('|')}) words='${choices.join(' ')}' ;;`,
    ),
  );
  return `_mongoq() {
  local path=mongoq word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${commands
  .slice(1)
  .map(({ name }) => `      '${name}') path='${name}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mongoq mongoq
`;
}

function fishScript(program: Command): string {
  const lines = program.commands.map(
    (command) =>
      `complete -c mongoq -n __fish_use_subcommand -a ${command.name()} -d ${quote(command.description())}`,
  );
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    const when =
      command === program ? '__fish_use_subcommand' : `'__fish_seen_subcommand_from ${command.name()}'`;
    if (command.parent && command.parent !== program) {
      lines.push(
        `complete -c mongoq -n '__fish_seen_subcommand_from ${command.parent.name()}' -a ${command.name()} -d ${quote(command.description())}`,
      );
    }
    for (const { short, long, description } of command.options.filter(({ hidden }) => !hidden)) {
      const flags = [
        short === undefined ? '' : `-s ${short.slice(1)}`,
        long === undefined ? '' : `-l ${long.slice(2)}`,
      ];
      lines.push(
        `complete -c mongoq -n ${when} ${flags.filter((flag) => flag !== '').join(' ')} -d ${quote(description)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
