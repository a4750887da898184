import { boolOf, stringOf } from '../../bson/access.ts';
import { exactLong } from '../../bson/numbers.ts';
import { printDocument, printElement } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Element, type Value } from '../../bson/value.ts';
import { badValue, CommandError, failedToParse } from '../errors.ts';
import { typeName } from '../match/type-codes.ts';
import { chooseLocale } from './locales.ts';

/** A collation with every option, in the order in which mongod 3.4 shows them. */
export interface CollationSpec {
  readonly locale: string;
  readonly caseLevel: boolean;
  readonly caseFirst: 'off' | 'upper' | 'lower';
  /** 1 base letters, 2 accents, 3 case, 4 punctuation under "shifted", 5 code points. */
  readonly strength: number;
  readonly numericOrdering: boolean;
  readonly alternate: 'non-ignorable' | 'shifted';
  readonly maxVariable: 'punct' | 'space';
  readonly normalization: boolean;
  /** Accents are compared from the end of the text, as in Canadian French. */
  readonly backwards: boolean;
  readonly version: '57.1';
}

/** A parsed specification and the language tag for Intl. */
export interface ParsedCollation {
  readonly spec: CollationSpec;
  readonly tag: string;
}

const optionNames = new Set([
  'locale',
  'caseLevel',
  'caseFirst',
  'strength',
  'numericOrdering',
  'alternate',
  'maxVariable',
  'normalization',
  'backwards',
  'version',
]);

/**
 * Parses a collation document; undefined for `{locale: "simple"}`. Throws CommandError with mongod 3.4's code and text.
 */
export function parseCollationSpec(document: Value): ParsedCollation | undefined {
  const fields = new Map<string, Element>();
  for (const element of elements(document)) if (!fields.has(element.name)) fields.set(element.name, element);
  const locale = stringOption(fields, 'locale');
  if (locale === undefined) throw new CommandError(4, 'NoSuchKey', 'Missing expected field "locale"');
  const shown = printDocument(document);
  if (locale === 'simple') {
    if (fields.size === 1) return undefined;
    throw failedToParse(`If locale=simple, no other fields should be present in: ${shown}`);
  }
  const tag = localeTag(locale, shown);
  const strength = strengthOption(fields);
  // Danish has capitals first and Thai ignores punctuation unless told otherwise.
  const defaults = new Intl.Collator(tag).resolvedOptions();
  const caseFirst = (['upper', 'lower'] as const).find((each) => each === defaults.caseFirst);
  const spec: CollationSpec = {
    locale,
    caseLevel: booleanOption(fields, 'caseLevel') ?? false,
    caseFirst: choice(fields, 'caseFirst', ['upper', 'lower', 'off'], caseFirst ?? 'off'),
    strength,
    numericOrdering: booleanOption(fields, 'numericOrdering') ?? false,
    alternate: choice(
      fields,
      'alternate',
      ['non-ignorable', 'shifted'],
      defaults.ignorePunctuation ? 'shifted' : 'non-ignorable',
    ),
    maxVariable: choice(fields, 'maxVariable', ['punct', 'space'], 'punct'),
    normalization: booleanOption(fields, 'normalization') ?? false,
    backwards: booleanOption(fields, 'backwards') ?? locale === 'fr_CA',
    version: '57.1',
  };
  checkVersion(fields);
  for (const name of fields.keys()) {
    if (!optionNames.has(name)) {
      throw failedToParse(`Collation spec contains unknown field. Collation spec: ${shown}`);
    }
  }
  checkTogether(spec);
  return { spec, tag };
}

function localeTag(locale: string, shown: string): string {
  if (locale === '') throw badValue(`Field 'locale' cannot be the empty string in: ${shown}`);
  const chosen = chooseLocale(locale);
  if ('tag' in chosen) return chosen.tag;
  const hint = chosen.suggestion === undefined ? '' : `. Did you mean '${chosen.suggestion}'?`;
  throw badValue(`Field 'locale' is invalid in: ${shown}${hint}`);
}

function checkTogether(spec: CollationSpec): void {
  if (spec.backwards && spec.strength === 1) {
    throw badValue("'backwards' is invalid with 'strength' of 1");
  }
  if (spec.caseFirst !== 'off' && !spec.caseLevel && spec.strength < 3) {
    throw badValue("'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater than 2");
  }
}

function checkVersion(fields: Map<string, Element>): void {
  const version = stringOption(fields, 'version');
  if (version === undefined || version === '57.1') return;
  throw new CommandError(
    161,
    'IncompatibleCollationVersion',
    `Requested collation version ${version} but the only available collator version was 57.1`,
  );
}

type Fields = Map<string, Element>;

function typeMismatch(message: string): CommandError {
  return new CommandError(14, 'TypeMismatch', message);
}

function stringOption(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)?.value;
  if (value === undefined) return undefined;
  if (value.type === BsonType.string) return stringOf(value);
  throw typeMismatch(`"${name}" had the wrong type. Expected string, found ${typeName(value.type)}`);
}

function booleanOption(fields: Fields, name: string): boolean | undefined {
  const value = fields.get(name)?.value;
  if (value === undefined) return undefined;
  if (value.type === BsonType.bool) return boolOf(value);
  throw typeMismatch(`"${name}" had the wrong type. Expected bool, found ${typeName(value.type)}`);
}

function strengthOption(fields: Fields): number {
  const element = fields.get('strength');
  if (element === undefined) return 3;
  const { value } = element;
  if (!isNumberType(value.type)) {
    throw typeMismatch(`Expected field "strength" to have numeric type, but found ${typeName(value.type)}`);
  }
  const strength = exactLong(value);
  if (strength === undefined) {
    const shown = printElement(element);
    throw badValue(
      `Expected field "strength" to have a value exactly representable as a 64-bit integer, but found ${shown}`,
    );
  }
  if (strength >= 1n && strength <= 5n) return Number(strength);
  throw failedToParse(`Field 'strength' must be an integer 1 through 5. Got: ${strength}`);
}

function choice<Name extends string>(
  fields: Fields,
  name: string,
  choices: readonly Name[],
  otherwise: Name,
): Name {
  const text = stringOption(fields, name);
  if (text === undefined) return otherwise;
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  const last = choices.length - 1;
  const list = `${choices
    .slice(0, last)
    .map((each) => `'${each}'`)
    .join(', ')}${choices.length > 2 ? ',' : ''} or '${choices[last] ?? ''}'`;
  throw failedToParse(`Field '${name}' must be ${list}. Got: ${text}`);
}
