/**
 * Characters as text index version 3 treats them: what separates words, simple case folding and the removal of
 * diacritics, one code point to at most one. The properties are Unicode's (PropList, CaseFolding, NFD).
 */

// ECMAScript has no \p{Hyphen}: the last three are those that \p{Dash} and \p{Pattern_Syntax} lack.
const delimiter =
  /[\p{White_Space}\p{Dash}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{Pattern_Syntax}\p{Sentence_Terminal}\u00AD\u30FB\uFF65]/u;
const diacritic = /^\p{Diacritic}$/u;

const isDelimiterAscii = Array.from({ length: 128 }, (_, code) => delimiter.test(String.fromCharCode(code)));

/** Whether a character separates words; the apostrophe does not in English. */
export function isDelimiter(character: string, language: string): boolean {
  const code = character.charCodeAt(0);
  if (code < 128) return isDelimiterAscii[code] === true && !(code === 0x27 && language === 'english');
  return delimiter.test(character);
}

/** Lower case by simple case folding, in which no character becomes two. Turkish has its own i. */
export function foldCase(text: string, language: string): string {
  if (language !== 'turkish' && /^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return map(text, language === 'turkish' ? foldTurkish : fold);
}

/** Lower case of ASCII's letters alone, as text index versions 1 and 2 have it. */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Without diacritics: letters lose theirs, and characters that are nothing else go. */
export function stripDiacritics(text: string): string {
  if (/^[a-zA-Z0-9'_]*$/.test(text)) return text;
  return map(text, strip);
}

function map(text: string, change: (character: string) => string): string {
  let out = '';
  for (const character of text) out += change(character);
  return out;
}

function foldTurkish(character: string): string {
  if (character === 'I') return 'ı';
  if (character === 'İ') return 'i';
  return fold(character);
}

function fold(character: string): string {
  if (character === 'ı' || character === 'İ') return character;
  const upper = single(character.toUpperCase()) ?? character;
  return single(upper.toLowerCase()) ?? single(character.toLowerCase()) ?? character;
}

function strip(character: string): string {
  if (diacritic.test(character)) return '';
  let bare = '';
  for (const part of character.normalize('NFD')) if (!diacritic.test(part)) bare += part;
  return single(bare.normalize('NFC')) ?? character;
}

/** The text if it is exactly one code point. */
function single(text: string): string | undefined {
  const code = text.codePointAt(0);
  return code !== undefined && text.length === (code > 0xffff ? 2 : 1) ? text : undefined;
}
