import { boolOf, stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import { badValue, CommandError } from '../errors.ts';
import { typeName } from '../expression/type-name.ts';
import type { TextQuery } from './text-search.ts';

/** Parses the operand of `$text`. Throws mongod's errors: 14 for a wrong type, 2 for another shape. */
export function parseTextOperator(operand: Value): TextQuery {
  if (operand.type !== BsonType.object) throw badValue('$text expects an object');
  const search = optional(operand, '$search', BsonType.string, 'string');
  if (search === undefined) throw new CommandError(4, 'NoSuchKey', 'Missing expected field "$search"');
  const language = optional(operand, '$language', BsonType.string, 'string');
  const caseSensitive = optional(operand, '$caseSensitive', BsonType.bool, 'bool');
  const diacriticSensitive = optional(operand, '$diacriticSensitive', BsonType.bool, 'bool');
  const known = [search, language, caseSensitive, diacriticSensitive].filter((value) => value !== undefined);
  if ([...elements(operand)].length !== known.length) throw badValue('extra fields in $text');
  return {
    search: stringOf(search),
    language: language && stringOf(language),
    caseSensitive: caseSensitive !== undefined && boolOf(caseSensitive),
    diacriticSensitive: diacriticSensitive !== undefined && boolOf(diacriticSensitive),
  };
}

function optional(operand: Value, name: string, type: number, expected: string): Value | undefined {
  const value = field(operand, name);
  if (value === undefined || value.type === type) return value;
  throw new CommandError(
    14,
    'TypeMismatch',
    `"${name}" had the wrong type. Expected ${expected}, found ${typeName(value)}`,
  );
}
