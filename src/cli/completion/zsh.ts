import { followCases, quoted, optionCases, type CommandWords } from './words.ts';

/** To be put as `_mongoq` into a directory of `$fpath`, or to be sourced after `compinit`. */
export function zshScript(all: readonly CommandWords[]): string {
  const line = (text: string): string => `      ${text}`;
  const named = all.map(({ name, commands, choices, files, options }) => {
    const described = commands.map((one) => item(one.name, one.description));
    const flags = options
      .filter(({ hidden }) => !hidden)
      .flatMap((option) => option.flags.map((flag) => item(flag, option.description)));
    return line(
      `'${name}') commands=(${[...described, ...choices].join(' ')}) options=(${flags.join(' ')}) files=${files ? 'yes' : ''} ;;`,
    );
  });
  const { required, optional } = optionCases(all, add, '_files');
  return `#compdef mongoq
_mongoq() {
  local at=mongoq word value= files=
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ -n $value ]] && value= && continue
    case "$at $word" in
${followCases(all).map(line).join('\n')}
    esac
  done
  if [[ -z $value && $PREFIX == --*=* ]]; then
    value="$at \${PREFIX%%=*}"
    compset -P '*='
  fi
  if [[ -n $value ]]; then
    case "$value" in
${required.map(line).join('\n')}
    esac
  else
    case "$at" in
${named.join('\n')}
    esac
    case "$at $words[CURRENT-1]" in
${optional.map(line).join('\n')}
    esac
    if [[ $PREFIX == -* || -z "$commands$files" ]]; then
      _describe -o option options
    else
      (( $#commands )) && _describe command commands
      [[ -n $files ]] && _files
    fi
  fi
}
if [[ $funcstack[1] == _mongoq ]]; then
  _mongoq "$@"
else
  compdef _mongoq mongoq
fi
`;
}

/** As `_describe` takes it: `name:description`. */
function item(name: string, description: string): string {
  return quoted(`${name}:${description.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`);
}

function add({ choices }: { choices: readonly string[] }): string {
  return `compadd -- ${choices.join(' ')}`;
}
