import { boolOf, stringOf } from '../../bson/access.ts';
import { longValue, nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import { typeName } from '../expression/type-name.ts';
import { carryMetadata } from '../metadata.ts';
import { expandDocuments } from './batches.ts';
import { setPath, valueAtNames } from './set-path.ts';
import type { StageParser } from './stage.ts';

interface Unwind {
  path: string[];
  /** Where the position goes, as a long; null for what was no array. */
  index: string[] | undefined;
  /** Keep documents whose value is missing, null or an empty array. */
  preserve: boolean;
}

/** `{$unwind: '$path'}` or `{$unwind: {path, includeArrayIndex, preserveNullAndEmptyArrays}}`. */
export const parseUnwind: StageParser = (specification, { signal }) => {
  const unwind = parse(specification);
  return [
    {
      name: '$unwind',
      ...(unwind.index === undefined ? { hints: { unwinds: unwind.path.join('.') } } : {}),
      run: (input) => expandDocuments(input, signal, (document) => expand(document, unwind)),
    },
  ];
};

function* expand(document: Value, { path, index, preserve }: Unwind): Generator<Value> {
  const value = valueAtNames(document, path);
  const place = (made: Value, position: Value) =>
    carryMetadata(document, index === undefined ? made : setPath(made, index, position));
  if (value?.type === BsonType.array) {
    let position = 0n;
    for (const item of items(value)) {
      const made = setPath(document, path, item);
      yield place(made, index === undefined ? nullValue : longValue(position++));
    }
    if (preserve && value.end - value.start === 5) {
      yield place(setPath(document, path, undefined), nullValue);
    }
  } else if (preserve || !isNothing(value)) yield place(document, nullValue);
}

function isNothing(value: Value | undefined): boolean {
  return value === undefined || value.type === BsonType.null || value.type === BsonType.undefined;
}

function parse(specification: Value): Unwind {
  let prefixed: string | undefined;
  let index: string | undefined;
  let preserve = false;
  if (specification.type === BsonType.string) prefixed = stringOf(specification);
  else if (specification.type === BsonType.object) {
    for (const { name, value } of elements(specification)) {
      if (name === 'path') {
        if (value.type !== BsonType.string) {
          throw location(28808, `expected a string as the path for $unwind stage, got ${typeName(value)}`);
        }
        prefixed = stringOf(value);
      } else if (name === 'preserveNullAndEmptyArrays') {
        if (value.type !== BsonType.bool) {
          throw location(
            28809,
            `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(value)}`,
          );
        }
        preserve = boolOf(value);
      } else if (name === 'includeArrayIndex') {
        index = value.type === BsonType.string ? stringOf(value) : '';
        if (index === '') {
          throw location(
            28810,
            `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${typeName(value)}`,
          );
        }
        if (index.startsWith('$')) {
          throw location(
            28822,
            `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${index}`,
          );
        }
      } else throw location(28811, `unrecognized option to $unwind stage: ${name}`);
    }
  } else {
    throw location(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(specification)}`,
    );
  }
  if (prefixed === undefined || prefixed === '') throw location(28812, 'no path specified to $unwind stage');
  if (!prefixed.startsWith('$')) {
    throw location(28818, `path option to $unwind stage should be prefixed with a '$': ${prefixed}`);
  }
  return {
    path: splitFieldPath(prefixed.slice(1)),
    index: index === undefined ? undefined : splitFieldPath(index),
    preserve,
  };
}
