import type { Command, Option } from 'commander';
import { fullName } from '../examples.ts';

/** What may be typed after a command's name. */
export interface CommandWords {
  /** With its parents': `mongoq show backups`. */
  name: string;
  commands: { name: string; description: string }[];
  /** Values of its argument. */
  choices: readonly string[];
  /** Whether its arguments are files. */
  files: boolean;
  options: OptionWords[];
}

export interface OptionWords {
  /** `-b`, `--bucket`. */
  flags: string[];
  description: string;
  /** Understood, but not offered. */
  hidden: boolean;
  value: 'none' | 'optional' | 'required';
  choices: readonly string[];
  /** Whether the value is a file or directory. */
  files: boolean;
}

const help: OptionWords = {
  flags: ['-h', '--help'],
  description: 'show the help',
  hidden: false,
  value: 'none',
  choices: [],
  files: false,
};

/** The words of `command` and of all commands below it. */
export function commandWords(command: Command): CommandWords[] {
  const { registeredArguments: arguments_ } = command;
  return [
    {
      name: fullName(command),
      commands: command.commands.map((nested) => ({
        name: nested.name(),
        description: nested.description(),
      })),
      choices: arguments_.flatMap(({ argChoices }) => argChoices ?? []),
      files: arguments_.some((argument) => argument.name() === 'files'),
      options: [...command.options.map(optionWords), help],
    },
    ...command.commands.flatMap(commandWords),
  ];
}

function optionWords({
  short,
  long,
  flags,
  description,
  hidden,
  required,
  optional,
  argChoices,
}: Option): OptionWords {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    hidden,
    value: required ? 'required' : optional ? 'optional' : 'none',
    choices: argChoices ?? [],
    // A store may be a directory.
    files: /<(?:dir|file)>|--store\b/.test(flags),
  };
}

/** The branches of a `case` in bash or zsh that follows the words typed so far: `$at` is the command, `$value` an option that waits for its value. */
export function followCases(all: readonly CommandWords[]): string[] {
  return all.flatMap(({ name, options }) => [
    ...(name.includes(' ') ? [`'${name}') at='${name}' ;;`] : []),
    ...branch(
      options.filter(({ value }) => value === 'required').flatMap((option) => patterns(name, option)),
      'value="$at $word"',
    ),
  ]);
}

/** The branches of a `case` by an option of a command. */
export interface OptionCases {
  /** By `$value`: how its value is completed. */
  required: string[];
  /** By the word before, which may have a value behind it. */
  optional: string[];
}

/** How options' values are completed in bash or zsh: by `words` where there is a choice, by `files` where these are meant. */
export function optionCases(
  all: readonly CommandWords[],
  words: (option: OptionWords) => string,
  files: string,
): OptionCases {
  const choosing = valueCases(all, ({ value, choices }) => value === 'required' && choices.length > 0, words);
  const filing = valueCases(
    all,
    (option) => option.value === 'required' && option.files,
    () => files,
  );
  return {
    required: [...choosing, ...filing],
    optional: valueCases(all, ({ value }) => value === 'optional', words),
  };
}

function valueCases(
  all: readonly CommandWords[],
  which: (option: OptionWords) => boolean,
  some: (option: OptionWords) => string,
): string[] {
  const wanted = all.flatMap(({ name, options }) =>
    options.filter(which).map((option) => ({ text: some(option), patterns: patterns(name, option) })),
  );
  const texts = [...new Set(wanted.map(({ text }) => text))];
  return texts.flatMap((text) =>
    branch(
      wanted.filter((one) => one.text === text).flatMap((one) => one.patterns),
      text,
    ),
  );
}

function patterns(name: string, { flags }: OptionWords): string[] {
  return flags.map((flag) => `'${name} ${flag}'`);
}

function branch(all: string[], then: string): string[] {
  return all.length === 0 ? [] : [`${all.join('|')}) ${then} ;;`];
}

/** In single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
