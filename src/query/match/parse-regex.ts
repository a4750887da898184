import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { translateRegex } from './pcre.ts';
import type { RegexNode } from './tree.ts';

const longestPattern = 32764;

/** A value of type regex as a predicate. */
export function parseRegexValue(path: string, value: Value): RegexNode {
  const { pattern, options } = regexOf(value);
  return regexNode(path, pattern, options);
}

/** `{$regex: ..., $options: ...}`; `operators` is the whole document, other operators are passed over. */
export function parseRegexOperators(path: string, operators: Value): RegexNode {
  let pattern = '';
  let options = '';
  for (const { name, value } of elements(operators)) {
    if (name === '$regex') {
      if (value.type === BsonType.string) pattern = stringOf(value);
      else if (value.type === BsonType.regex) ({ pattern, options } = regexOf(value));
      else throw badValue('$regex has to be a string');
    } else if (name === '$options') {
      if (value.type !== BsonType.string) throw badValue('$options has to be a string');
      options = stringOf(value);
    }
  }
  return regexNode(path, pattern, options);
}

/** Pattern and options of a value of type regex. */
export function regexOf(value: Value): { pattern: string; options: string } {
  const split = value.bytes.indexOf(0, value.start);
  return {
    pattern: value.bytes.toString('utf8', value.start, split),
    options: value.bytes.toString('utf8', split + 1, value.end - 1),
  };
}

function regexNode(path: string, pattern: string, options: string): RegexNode {
  if (pattern.length > longestPattern) throw badValue('Regular expression is too long');
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  if (options.includes('\0')) {
    throw badValue('Regular expression options string cannot contain an embedded null byte');
  }
  // Told now, not at the first document, if the pattern uses what cannot be translated.
  translateRegex(pattern, options);
  return { kind: 'regex', path, pattern, options };
}
