/**
 * The text with which every match of an anchored pattern begins, or undefined. Only plain ASCII characters count, so
 * that the order of bytes is the order of characters.
 */
export function literalPrefix(pattern: string, options: string): string | undefined {
  if (/[^sm]/.test(options) || options.includes('m') || pattern.includes('|')) return undefined;
  const anchor = pattern.startsWith('^') ? 1 : pattern.startsWith('\\A') ? 2 : 0;
  if (anchor === 0) return undefined;
  let prefix = '';
  for (let at = anchor; at < pattern.length; at++) {
    let character = pattern.charAt(at);
    let width = 1;
    if (character === '\\') {
      character = pattern.charAt(at + 1);
      width = 2;
      if (!/[^A-Za-z0-9]/.test(character) || character > '~') break;
    } else if (/[\^$.|?*+()[\]{}]/.test(character) || character > '~' || character < ' ') {
      break;
    }
    const next = pattern.charAt(at + width);
    if (next === '*' || next === '?' || next === '{') break;
    prefix += character;
    if (next === '+') break;
    at += width - 1;
  }
  return prefix === '' ? undefined : prefix;
}

/** The least text that is greater than all texts that begin with `prefix`: its last character one further. */
export function successor(prefix: string): string | undefined {
  const last = prefix.charCodeAt(prefix.length - 1);
  return last >= 0x7f ? undefined : prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
