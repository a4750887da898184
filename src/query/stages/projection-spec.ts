import { boolOf } from '../../bson/access.ts';
import { toDouble } from '../../bson/numbers.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { splitFieldPath } from '../expression/field-path.ts';

/** Checks the form of a $project or $addFields specification. Throws 40176, 40177, 40180, 40181 or 40183. */
export function checkSpecification(stage: string, specification: Value): void {
  const seen: string[] = [];
  const invalid = (code: number, what: string) => location(code, `Invalid ${stage} specification: ${what}`);

  const claim = (path: string) => {
    const other = seen.find(
      (known) => known === path || known.startsWith(`${path}.`) || path.startsWith(`${known}.`),
    );
    if (other !== undefined) {
      throw invalid(
        40176,
        `specification contains two conflicting paths. Cannot specify both '${path}' and '${other}': ${printDocument(specification)}`,
      );
    }
    seen.push(path);
  };

  const checkNested = (document: Value, path: string) => {
    const fields = [...elements(document)];
    if (fields.length === 0) {
      throw invalid(40180, `an empty object is not a valid value. Found empty object at path ${path}`);
    }
    for (const { name, value } of fields) {
      if (name.startsWith('$')) {
        if (fields.length !== 1) {
          throw invalid(
            40181,
            `an expression specification must contain exactly one field, the name of the expression. Found ${fields.length} fields in ${printDocument(document)}, while parsing projection specification ${printDocument(specification)}`,
          );
        }
        claim(path);
      } else if (name.includes('.')) {
        throw invalid(
          40183,
          `cannot use dotted field name '${name}' in a sub object: ${printDocument(specification)}`,
        );
      } else check(value, `${path}.${name}`);
    }
  };

  const check = (value: Value, path: string) => {
    splitFieldPath(path);
    if (value.type === BsonType.object) checkNested(value, path);
    else claim(path);
  };

  const fields = [...elements(specification)];
  if (fields.length === 0) throw invalid(40177, 'specification must have at least one field');
  for (const { name, value } of fields) check(value, name);
}

/** Whether a $project includes or excludes. Throws 40178, 40179 or 40182 if it does both. */
export function projectionKind(specification: Value): 'inclusion' | 'exclusion' {
  let kind: 'inclusion' | 'exclusion' | undefined;
  const bad = (code: number, what: string) =>
    location(code, `Bad projection specification, ${what}: ${printDocument(specification)}`);

  /** An expression inside has a code of its own. */
  const include = (code: 40179 | 40182) => {
    if (kind === 'exclusion') {
      throw bad(code, 'cannot include fields or add computed fields during an exclusion projection');
    }
    kind = 'inclusion';
  };

  const look = (value: Value, path: string) => {
    if (value.type === BsonType.object) {
      for (const element of elements(value)) {
        if (element.name.startsWith('$')) include(40182);
        else look(element.value, `${path}.${element.name}`);
      }
    } else if (flagOf(value) !== false) include(40179);
    else if (path !== '_id') {
      if (kind === 'inclusion') {
        throw bad(40178, "cannot exclude fields other than '_id' in an inclusion projection");
      }
      kind = 'exclusion';
    }
  };

  const fields = [...elements(specification)];
  for (const { name, value } of fields) look(value, name);
  const [only] = fields;
  if (fields.length === 1 && only?.name === '_id' && flagOf(only.value) === false) return 'exclusion';
  return kind ?? 'inclusion';
}

/** A boolean or number as whether to include; undefined for all else, which is an expression. */
export function flagOf(value: Value): boolean | undefined {
  if (value.type === BsonType.bool) return boolOf(value);
  return isNumberType(value.type) ? toDouble(value) !== 0 : undefined;
}
