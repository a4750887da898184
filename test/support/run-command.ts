import { toValue } from '../../src/bson/js.ts';
import { documentOf, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';

/** Runs a command given as a plain object or as BSON, and returns the reply. */
export async function runCommand(
  engine: Engine,
  db: string,
  command: Value | Record<string, unknown>,
): Promise<Value> {
  const bytes = 'bytes' in command && command.bytes instanceof Buffer ? (command as Value) : toValue(command);
  const { signal } = new AbortController();
  return documentOf(await engine.run({ db, command: Buffer.from(bytes.slice()), signal }));
}
