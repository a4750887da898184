import { BsonType } from '../../bson/types.ts';
import type { ValueTest } from './path-walker.ts';
import { translateRegex, type TranslatedRegex } from './pcre.ts';
import { boundedTest } from './regex/bounded-test.ts';
import type { RegexNode } from './tree.ts';

/** The test of a regular expression: on strings and symbols, and on a regex value that is the same. */
export function regexTest(node: RegexNode): ValueTest {
  const { pattern, options } = node;
  const own = Buffer.from(`${pattern}\0${options}\0`, 'utf8');
  const matchesText = literalTest(pattern, options) ?? textTest(translateRegex(pattern, options));
  return (type, bytes, start, end) => {
    if (type === BsonType.string || type === BsonType.symbol) return matchesText(bytes, start + 4, end - 1);
    return type === BsonType.regex && own.equals(bytes.subarray(start, end));
  };
}

type TextTest = (bytes: Buffer, start: number, end: number) => boolean;

function textTest(translated: TranslatedRegex | undefined): TextTest {
  if (translated === undefined) return () => false;
  const test = boundedTest(translated.regex, translated.effort);
  return (bytes, start, end) => test(bytes.toString('utf8', start, end));
}

/** Plain text with or without ^ before it needs no decoding: the bytes are looked at. */
function literalTest(pattern: string, options: string): TextTest | undefined {
  const literal = /^(\^?)([\w @,:;=<>"'/!%&~-]+)$/.exec(pattern);
  if (literal === null || /[imsx]/.test(options)) return undefined;
  const text = Buffer.from(literal[2] ?? '', 'utf8');
  if (literal[1] === '^') {
    return (bytes, start, end) => {
      if (end - start < text.length) return false;
      for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
      return true;
    };
  }
  return (bytes, start, end) => {
    const found = bytes.subarray(start, end).indexOf(text);
    return found >= 0;
  };
}
