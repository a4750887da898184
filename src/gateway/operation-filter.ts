import { DocumentBuilder } from '../bson/builder.ts';
import { elements, type Value } from '../bson/value.ts';
import { Refusal } from './replies.ts';

/** What stands beside the filter in the command: mongod's own options, and what clients send with every command. */
const options = new Set(['$all', '$ownOps', '$db', '$readPreference', '$clusterTime', 'lsid', 'maxTimeMS']);

/**
 * Which entries the filter of a currentOp lets through, `command` being the command whole: all of the query language that needs no
 * index and no JavaScript. Throws a Refusal for what is no filter.
 */
export async function operationFilter(command: Value): Promise<(entry: Value) => boolean> {
  const [, ...rest] = elements(command);
  const wanted = rest.filter(({ name }) => !options.has(name));
  if (wanted.length === 0) return () => true;
  const filter = new DocumentBuilder();
  for (const { name, value } of wanted) filter.append(name, value);
  // Few ask so, and the prompt does not wait for it.
  const [{ parseFilter }, { compileMatcher }, { CommandError }] = await Promise.all([
    import('../query/match/parse.ts'),
    import('../query/match/compile.ts'),
    import('../query/errors.ts'),
  ]);
  try {
    return compileMatcher(parseFilter(filter.finish(), {}), {});
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Refusal(error.code ?? 2, error.codeName ?? 'BadValue', error.message);
  }
}
