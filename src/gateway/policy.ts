import { numberOf } from '../bson/access.ts';
import { documentOf, elements, type Value } from '../bson/value.ts';
import { readCommands, writeCommands } from './command-names.ts';
import { checkPipeline } from './stages.ts';
import { refuseWrite, unknownCommand } from './replies.ts';

/**
 * The read-only policy: an allow-list, applied to the very bytes that the engine will get. Returns the command's name;
 * throws a Refusal for anything that could change data or the server (20) or that is not known to be harmless (59).
 * Every field of a name is looked at, since readers differ in which of two fields of one name they believe.
 */
export function checkReadOnly(command: Buffer): string {
  return checkCommand(documentOf(command));
}

function checkCommand(command: Value): string {
  const [first] = elements(command);
  const name = first?.name ?? '';
  if (writeCommands.has(name)) throw refuseWrite();
  if (!readCommands.has(name)) throw unknownCommand(name);
  checks[name]?.(command);
  return name;
}

const checks: Record<string, (command: Value) => void> = {
  aggregate: (command) => each(command, 'pipeline', checkPipeline),
  explain: (command) =>
    each(command, 'explain', (inner) => {
      if (inner.isDocument()) checkCommand(inner);
    }),
  mapReduce: checkMapReduce,
  mapreduce: checkMapReduce,
  // The level -1 asks; any other sets it. Other fields set more.
  profile: (command) => {
    for (const { name, value } of elements(command)) {
      if (name === 'profile' ? numberOf(value) !== -1 : !name.startsWith('$')) throw refuseWrite();
    }
  },
  // Of later versions: they mend what they find.
  validate: (command) => {
    for (const { name } of elements(command)) {
      if (name === 'repair' || name === 'fixMultikey') throw refuseWrite();
    }
  },
};

/** Results may only come back in the reply: `out: {inline: 1}` and nothing else. */
function checkMapReduce(command: Value): void {
  const outs = [...elements(command)].filter(({ name }) => name === 'out');
  if (outs.length === 0 || !outs.every(({ value }) => isInline(value))) throw refuseWrite();
}

function isInline(out: Value): boolean {
  if (!out.isDocument()) return false;
  const names = [...elements(out)].map(({ name }) => name);
  return names.length > 0 && names.every((name) => name === 'inline');
}

function each(command: Value, wanted: string, check: (value: Value) => void): void {
  for (const { name, value } of elements(command)) {
    if (name === wanted) check(value);
  }
}
