import type { CommandWords, OptionWords } from './words.ts';

/** fish finds an option's value itself, but not after which command the cursor stands. */
export function fishScript(all: readonly CommandWords[]): string {
  const cases = all.flatMap(({ name, options }) => {
    const taking = options
      .filter(({ value }) => value === 'required')
      .flatMap(({ flags }) => flags.map((flag) => `'${name} ${flag}'`));
    return [
      ...(name.includes(' ') ? [`case '${name}'\n                set at '${name}'`] : []),
      ...(taking.length > 0 ? [`case ${taking.join(' ')}\n                set value yes`] : []),
    ];
  });
  return `function __mongoq_at
    set -l at mongoq
    set -l value
    set -l typed (commandline -opc)
    set -e typed[1]
    for word in $typed
        if test -n "$value"
            set value
            continue
        end
        switch "$at $word"
            ${cases.join('\n            ')}
        end
    end
    test "$at" = "$argv[1]"
end
complete -c mongoq -f
${all.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ name, commands, choices, files, options }: CommandWords): string[] {
  const begin = `complete -c mongoq -n "__mongoq_at '${name}'"`;
  return [
    ...commands.map((one) => `${begin} -a ${one.name} -d ${quoted(one.description)}`),
    ...(choices.length > 0 ? [`${begin} -a '${choices.join(' ')}'`] : []),
    ...(files ? [`${begin} -F`] : []),
    ...options.filter(({ hidden }) => !hidden).map((option) => `${begin} ${optionOf(option)}`),
  ];
}

function optionOf({ flags, description, value, choices, files }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const taken = value === 'required' ? [files ? '-r -F' : '-x'] : [];
  const words = choices.length > 0 ? [`-a '${choices.join(' ')}'`] : [];
  return [...names, ...taken, ...words, `-d ${quoted(description)}`].join(' ');
}

/** In fish's single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
