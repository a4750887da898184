import { numberOf, stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, type Element, type Value } from '../../../bson/value.ts';
import type { Index, IndexField } from './collection.ts';
import type { KeySpace } from './key-space.ts';

/** An index from its entry in the catalog document. Throws InvalidBson. */
export function readIndex(entry: Value, idents: Value | undefined, keySpace: KeySpace): Index | undefined {
  const spec = field(entry, 'spec');
  const keyPattern = spec && field(spec, 'key');
  const nameValue = spec && field(spec, 'name');
  if (!spec?.isDocument() || !keyPattern?.isDocument() || nameValue?.type !== BsonType.string)
    return undefined;
  const name = stringOf(nameValue);
  const fields = [...elements(keyPattern)].map(readField);
  const isId = isIdPattern(keyPattern);
  const unique = isId || isTrue(field(spec, 'unique'));
  const ident = idents && field(idents, name);
  const config = ident && keySpace.idents.get(stringOf(ident));
  const readable = isTrue(field(entry, 'ready')) && config !== undefined;
  const special = fields.find(({ kind }) => kind !== 'ascending' && kind !== 'descending')?.kind;
  return {
    name,
    spec,
    keyPattern,
    fields,
    type: (special ?? 'btree') as Index['type'],
    table: readable
      ? {
          prefix: config.prefix,
          layout: {
            ordering: fields.map(({ kind }) => (kind === 'descending' ? -1 : 1)),
            version: config.keyVersion,
            unique,
          },
        }
      : undefined,
    isId,
    unique,
    sparse: isTrue(field(spec, 'sparse')),
    multikey: isTrue(field(entry, 'multikey')),
    multikeyPaths: readMultikeyPaths(field(entry, 'multikeyPaths')),
    partialFilter: documentAt(spec, 'partialFilterExpression'),
    collation: collationAt(spec),
  };
}

/** The collation of a specification or of options; the simple one counts as none. */
export function collationAt(document: Value): Value | undefined {
  const collation = documentAt(document, 'collation');
  const locale = collation && field(collation, 'locale');
  return locale?.type === BsonType.string && stringOf(locale) === 'simple' ? undefined : collation;
}

function documentAt(document: Value, name: string): Value | undefined {
  const value = field(document, name);
  return value?.isDocument() ? value : undefined;
}

/** The server takes any number or boolean for a flag. */
export function isTrue(value: Value | undefined): boolean {
  if (value?.type === BsonType.bool) return value.bytes[value.start] !== 0;
  return (numberOf(value) ?? 0) !== 0;
}

function readField({ name, value }: Element): IndexField {
  const number = numberOf(value);
  if (value.type !== BsonType.string) {
    return { path: name, kind: number !== undefined && number < 0 ? 'descending' : 'ascending' };
  }
  const kind = stringOf(value);
  const known = kind === 'hashed' || kind === 'text' || kind === '2d' || kind === '2dsphere';
  return { path: name, kind: known ? kind : 'other' };
}

function isIdPattern(keyPattern: Value): boolean {
  const fields = [...elements(keyPattern)];
  const [first] = fields;
  return fields.length === 1 && first?.name === '_id' && Math.abs(numberOf(first.value) ?? 0) === 1;
}

function readMultikeyPaths(value: Value | undefined): Map<string, boolean[]> | undefined {
  if (!value?.isDocument()) return undefined;
  const paths = new Map<string, boolean[]>();
  for (const { name, value: flags } of elements(value)) {
    if (flags.type !== BsonType.binData) return undefined;
    paths.set(
      name,
      [...flags.bytes.subarray(flags.start + 5, flags.end)].map((flag) => flag !== 0),
    );
  }
  return paths;
}
