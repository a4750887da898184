import { numberOf, stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import { languageNamed, type TextIndexVersion } from './language.ts';

/** A text index's definition, from its specification as listIndexes shows it. */
export interface TextIndex {
  version: TextIndexVersion;
  /** Dotted paths with their weights, in the order of their bytes. */
  weights: { path: string; weight: number }[];
  /** All string fields are indexed ("$**"). */
  wildcard: boolean;
  defaultLanguage: string;
  /** The field of a document or subdocument that names its language. */
  languageOverride: string;
  /** The fields of a compound index before the text, to each of which a query must give a value, and those after it. */
  prefix: string[];
  suffix: string[];
}

/** Whether an index specification is of a text index. */
export function isTextIndex(specification: Value): boolean {
  const key = field(specification, 'key');
  const fts = key && field(key, '_fts');
  return fts?.type === BsonType.string && stringOf(fts) === 'text';
}

/** Reads an index specification for which isTextIndex holds. */
export function textIndexOf(specification: Value): TextIndex {
  const weights: { path: string; weight: number }[] = [];
  let wildcard = false;
  const given = field(specification, 'weights');
  for (const { name, value } of given ? elements(given) : []) {
    if (name === '$**') wildcard = true;
    else weights.push({ path: name, weight: numberOf(value) ?? 1 });
  }
  weights.sort((a, b) => byBytes(a.path, b.path));
  const key = field(specification, 'key');
  const fields = [...(key ? elements(key) : [])].map(({ name }) => name);
  const version = versionOf(specification);
  return {
    version,
    weights,
    wildcard,
    defaultLanguage:
      languageNamed(text(specification, 'default_language') ?? 'english', version) ?? 'english',
    languageOverride: text(specification, 'language_override') ?? 'language',
    prefix: fields.slice(0, fields.indexOf('_fts')),
    suffix: fields.slice(fields.indexOf('_ftsx') + 1),
  };
}

function versionOf(specification: Value): TextIndexVersion {
  const version = numberOf(field(specification, 'textIndexVersion'));
  return version === 1 || version === 2 ? version : 3;
}

function text(document: Value, name: string): string | undefined {
  const value = field(document, name);
  return value?.type === BsonType.string ? stringOf(value) : undefined;
}

/** The order of paths in which mongod keeps weights. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
