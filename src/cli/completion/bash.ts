import { followCases, optionCases, type CommandWords } from './words.ts';

/** bash takes `--engine=auto` for three words. `compopt` is not there before bash 4: no file names then. */
export function bashScript(all: readonly CommandWords[]): string {
  const line = (text: string): string => `      ${text}`;
  const named = all.map(({ name, commands, choices, files, options }) => {
    const words = [...commands.map((one) => one.name), ...choices];
    const flags = options.filter(({ hidden }) => !hidden).flatMap((option) => option.flags);
    return line(
      `'${name}') words='${words.join(' ')}' options='${flags.join(' ')}' files=${files ? 'yes' : ''} ;;`,
    );
  });
  const { required, optional } = optionCases(all, wordsOf, 'files=yes');
  return `_mongoq() {
  local at=mongoq word value= words= options= files= cur=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == = ]] && continue
    [[ -n $value ]] && value= && continue
    case "$at $word" in
${followCases(all).map(line).join('\n')}
    esac
  done
  [[ $cur == = ]] && cur=
  if [[ -n $value ]]; then
    case "$value" in
${required.map(line).join('\n')}
    esac
  else
    case "$at" in
${named.join('\n')}
    esac
    [[ $cur == -* || -z $words$files ]] && words=$options
    case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${optional.map(line).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ -n $files && \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default 2>/dev/null
  return 0
}
complete -F _mongoq mongoq
`;
}

function wordsOf({ choices }: { choices: readonly string[] }): string {
  return `words='${choices.join(' ')}'`;
}
