import type { Command } from 'commander';
import { examplesOf, fullName } from './examples.ts';

/** The manual page of the whole program in roff, made from the same text as --help. */
export function manPage(program: Command, version: string): string {
  return [
    `.TH MONGOQ 1 "" "mongoq ${version}" "User Commands"`,
    '.SH NAME',
    `mongoq \\- ${escape(lowerFirst(program.description()))}`,
    '.SH SYNOPSIS',
    ...synopsis(program),
    '.SH DESCRIPTION',
    'Without a command mongoq opens its shell. In it, \\fBhelp\\fR lists the commands; every other line is an ordinary mongo shell command.',
    ...optionsOf(program),
    ...program.commands.flatMap((command) => sectionOf(command)),
    '.SH EXIT STATUS',
    '0 success; 1 error; 2 wrong command line or setting, nothing was done; 3 damage found; 10 no such store, replica or backup; 11 another writer is at work; 12 access refused; 130 cancelled; 141 whoever read the output has gone.',
    '',
  ].join('\n');
}

function synopsis(program: Command): string[] {
  return [program, ...program.commands].flatMap((command) => [
    `.B ${fullName(command)}`,
    escape(command.usage()),
    '.br',
  ]);
}

function sectionOf(command: Command): string[] {
  if (command.commands.length > 0) return command.commands.flatMap((nested) => sectionOf(nested));
  return [`.SH ${fullName(command).toUpperCase()}`, escape(command.description()), ...optionsOf(command)];
}

function optionsOf(command: Command): string[] {
  const options = command.options.flatMap((option) => [
    '.TP',
    `.B ${escape(option.flags)}`,
    escape(option.description),
  ]);
  const examples = examplesOf(command).flatMap(([line, what]) => [
    '.PP',
    escape(what),
    '.RS',
    '.nf',
    escape(line),
    '.fi',
    '.RE',
  ]);
  return [...options, ...examples];
}

/** Backslashes, hyphens, and a dot or quote at a line's start mean something to roff. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
