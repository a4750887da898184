import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, items, type Value } from '../../bson/value.ts';
import { languageNamed } from './language.ts';
import { byBytes, type TextIndex } from './text-index.ts';

export interface IndexedText {
  text: string;
  language: string;
  weight: number;
}

/** The strings of a document that the index holds, with language and weight. */
export function indexedTexts(document: Value, index: TextIndex): Generator<IndexedText> {
  return index.version === 1 ? textsOfVersion1(document, index) : matchedTexts(document, index);
}

/** The strings in which phrases and words that are not wanted are looked for: in version 1 not quite those that are indexed. */
export function matchedTexts(document: Value, index: TextIndex): Generator<IndexedText> {
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
      if (exact || index.wildcard) yield { text: textOf(value), language, weight: next?.weight ?? 1 };
    } else if (type === BsonType.object) {
      if (!exact || index.wildcard) {
        yield* walk(value, index, languageOf(value, index, language), path, false);
      }
    } else if (type === BsonType.array && (!inArray || index.wildcard)) {
      yield* walk(value, index, language, path, true);
    }
  }
}

/** Version 1 reads each path by itself, or all strings wherever they are, in the one language of the document. */
function* textsOfVersion1(document: Value, index: TextIndex): Generator<IndexedText> {
  const named = field(document, index.languageOverride);
  const name = named?.type === BsonType.string ? textOf(named) : '';
  const language = name === '' ? index.defaultLanguage : (languageNamed(name, 1) ?? 'none');
  if (index.wildcard) {
    yield* allStrings(document, index, language);
    return;
  }
  for (const { path, weight } of index.weights) {
    for (const text of stringsAt(document, path.split('.'))) yield { text, language, weight };
  }
}

function* allStrings(container: Value, index: TextIndex, language: string): Generator<IndexedText> {
  for (const { name, value } of elements(container)) {
    if (name === index.languageOverride) continue;
    if (value.type === BsonType.string) {
      const weight = index.weights.find(({ path }) => path === name)?.weight ?? 1;
      yield { text: textOf(value), language, weight };
    } else if (value.isDocument() || value.isArray()) yield* allStrings(value, index, language);
  }
}

/** The string at a path; of the first array on the way the strings that are its items or lie where the path goes on in them. */
function* stringsAt(document: Value, path: readonly string[]): Generator<string> {
  let at: Value | undefined = document;
  for (const [depth, name] of path.entries()) {
    if (at?.isArray() === true) {
      yield* stringsOfItems(at, path.slice(depth));
      return;
    }
    at = at?.isDocument() === true ? field(at, name) : undefined;
  }
  if (at?.isArray() === true) yield* stringsOfItems(at, []);
  else if (at?.type === BsonType.string) yield textOf(at);
}

function* stringsOfItems(array: Value, rest: readonly string[]): Generator<string> {
  for (const item of items(array)) {
    const nested = rest.length > 0 && (item.isDocument() || item.isArray());
    const value = nested ? at(item, rest) : item;
    if (value?.type === BsonType.string) yield textOf(value);
  }
}

/** The value at a path on which an array is like a document with its positions as names. */
function at(container: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = container;
  for (const name of path) {
    value = value?.isDocument() === true || value?.isArray() === true ? field(value, name) : undefined;
  }
  return value;
}

function languageOf(document: Value, index: TextIndex, inherited: string): string {
  const named = field(document, index.languageOverride);
  if (named?.type !== BsonType.string) return inherited;
  return languageNamed(textOf(named), index.version) ?? inherited;
}

/** mongod reads strings up to their first NUL here. */
function textOf(value: Value): string {
  const text = stringOf(value);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
