import { elements, type Value } from '../../../bson/value.ts';
import { printDocument, printValue } from '../../../bson/print.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { failedToParse } from '../../../query/errors.ts';

/** How an option must look: a BSON type, any number, or anything. */
export type OptionKind = 'object' | 'bool' | 'string' | 'long' | 'number' | 'any';

const names: Record<Exclude<OptionKind, 'number' | 'any'>, number> = {
  object: BsonType.object,
  bool: BsonType.bool,
  string: BsonType.string,
  long: BsonType.long,
};

/**
 * The options of a command by name, checked as mongod's find does: in the order given, the last of two with one name
 * counts. Names that begin with a dollar sign are the transport's. Throws FailedToParse.
 */
export function readOptions(command: Value, kinds: Readonly<Record<string, OptionKind>>): Map<string, Value> {
  const options = new Map<string, Value>();
  let first = true;
  for (const { name, value } of elements(command)) {
    if (first) {
      first = false;
      continue;
    }
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      if (name.startsWith('$')) continue;
      throw failedToParse(`Failed to parse: ${printDocument(command)}. Unrecognized field '${name}'.`);
    }
    checkKind(command, name, value, kind);
    options.set(name, value);
  }
  return options;
}

function checkKind(command: Value, name: string, value: Value, kind: OptionKind): void {
  if (kind === 'any') return;
  if (kind === 'number') {
    if (isNumberType(value.type)) return;
    throw failedToParse(`Failed to parse: ${printDocument(command)}. '${name}' field must be numeric.`);
  }
  if (value.type === names[kind]) return;
  throw failedToParse(
    `Failed to parse: ${name}: ${printValue(value)}. '${name}' field must be of BSON type ${kind}.`,
  );
}
