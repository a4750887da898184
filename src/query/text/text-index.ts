import { numberOf, stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import { languageNamed } from './language.ts';

/** A text index's definition, from its specification as listIndexes shows it. */
export interface TextIndex {
  /** Dotted paths with their weights, in the order of their bytes. */
  weights: { path: string; weight: number }[];
  /** All string fields are indexed ("$**"). */
  wildcard: boolean;
  defaultLanguage: string;
  /** The field of a document or subdocument that names its language. */
  languageOverride: string;
  /** The fields of a compound index before the text: a query must give each a value. */
  prefix: string[];
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
  const prefix: string[] = [];
  const key = field(specification, 'key');
  for (const { name } of key ? elements(key) : []) {
    if (name === '_fts') break;
    prefix.push(name);
  }
  return {
    weights,
    wildcard,
    defaultLanguage: languageNamed(text(specification, 'default_language') ?? 'english') ?? 'english',
    languageOverride: text(specification, 'language_override') ?? 'language',
    prefix,
  };
}

function text(document: Value, name: string): string | undefined {
  const value = field(document, name);
  return value?.type === BsonType.string ? stringOf(value) : undefined;
}

export interface IndexedText {
  text: string;
  language: string;
  weight: number;
}

/** The strings of a document that the index holds, with language and weight. */
export function indexedTexts(document: Value, index: TextIndex): Generator<IndexedText> {
  return walk(document, index, languageOf(document, index, index.defaultLanguage), '', false);
}

function* walk(
  container: Value,
  index: TextIndex,
  language: string,
  parent: string,
  inArray: boolean,
): Generator<IndexedText> {
  for (const { name, value } of elements(container)) {
    if (index.wildcard && name === index.languageOverride) continue;
    const path = parent === '' ? name : inArray ? parent : `${parent}.${name}`;
    const { type } = value;
    const from = type === BsonType.object ? `${path}.` : path;
    const next = index.weights.find((entry) => byBytes(entry.path, from) >= 0);
    if (!index.wildcard && !(next && (next.path === path || next.path.startsWith(`${path}.`)))) continue;
    const exact = next?.path === path;
    if (type === BsonType.string) {
      // A wildcard index gives a string the weight of the next path by name, which is what mongod's index holds.
      if (exact || index.wildcard) yield { text: stringOf(value), language, weight: next?.weight ?? 1 };
    } else if (type === BsonType.object) {
      if (!exact || index.wildcard) {
        yield* walk(value, index, languageOf(value, index, language), path, false);
      }
    } else if (type === BsonType.array && (!inArray || index.wildcard)) {
      yield* walk(value, index, language, path, true);
    }
  }
}

function languageOf(document: Value, index: TextIndex, inherited: string): string {
  const named = text(document, index.languageOverride);
  return named === undefined ? inherited : (languageNamed(named) ?? inherited);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
