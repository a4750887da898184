import { invalidPattern, unsupported, type PatternReader } from './reader.ts';
import { escapeSets, propertySet } from './sets.ts';

/** What an escape means both inside and outside of a class: one character, or a set of them. */
export type Escape = { point: number } | { set: string };

const controls: Record<string, number> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/**
 * Reads an escape after its backslash, if it is one of those with the same meaning inside and outside of a class;
 * octal numbers are left to the caller.
 */
export function readEscape(reader: PatternReader): Escape {
  const letter = reader.next();
  const control = controls[letter];
  if (control !== undefined) return { point: control };
  const set = escapeSets[letter];
  if (set !== undefined) return { set };
  switch (letter) {
    case 'p':
    case 'P':
      return { set: propertySet(reader.take('{') ? reader.until('}') : reader.next(), letter === 'P') };
    case 'x': {
      const digits = reader.match(/^\{([\da-f]+)\}/i)?.[1] ?? reader.match(/^[\da-f]{0,2}/i)?.[0] ?? '';
      return checked(Number.parseInt(digits === '' ? '0' : digits, 16));
    }
    case 'o': {
      const digits = reader.match(/^\{([0-7]+)\}/)?.[1];
      if (digits === undefined) throw invalidPattern();
      return checked(Number.parseInt(digits, 8));
    }
    case 'c':
      return { point: reader.next().toUpperCase().charCodeAt(0) ^ 64 };
    case 'C':
    case 'X':
      throw unsupported(`\\${letter}`);
    default:
      if (/[A-Za-z\d]/.test(letter)) throw invalidPattern();
      return { point: letter.codePointAt(0) ?? 0 };
  }
}

function checked(point: number): Escape {
  if (point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff)) throw invalidPattern();
  return { point };
}

/** A character as JavaScript source, with nothing left that could mean something else. */
export function pointSource(point: number): string {
  const text = String.fromCodePoint(point);
  return /[A-Za-z\d_]/.test(text) ? text : `\\u{${point.toString(16)}}`;
}

/** The other letter case of a character, where each is one character. */
export function otherCases(point: number): number[] {
  const text = String.fromCodePoint(point);
  return [text.toLowerCase(), text.toUpperCase()]
    .filter((other) => other !== text && Array.from(other).length === 1)
    .map((other) => other.codePointAt(0) ?? 0);
}
