import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { encode } from './encode.ts';
import { Sandbox } from './sandbox.ts';

/** Sandboxes end with the filter that they were made for. */
const ended = new FinalizationRegistry<Sandbox>((sandbox) => sandbox.dispose());

/** Whether a command or filter holds a $where anywhere, so that `loadJavaScript` must come before it is compiled. */
export function mentionsWhere(document: Value): boolean {
  return document.slice().includes('$where\0');
}

/** Compiles the code of a $where. Throws CommandError, and so does the result when the script fails. */
export function compileWhere(code: Value): (document: Value) => boolean {
  if (code.type !== BsonType.string && code.type !== BsonType.code && code.type !== BsonType.codeWithScope) {
    throw badValue('$where got bad type');
  }
  const sandbox = new Sandbox();
  const compiled = sandbox.compile(code);
  const matches = (document: Value) => sandbox.run('__where', compiled, encode(document)) === true;
  ended.register(matches, sandbox);
  return matches;
}
