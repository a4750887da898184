import type { CommandContext } from './commands/command.ts';
import { shellCommands } from './commands/index.ts';
import type { SeenFields } from './seen-fields.ts';

/** `complete` of the evaluator. */
type CompleteCode = (text: string) => Promise<string[]>;

/**
 * Texts that could replace `text`, the input up to the cursor: our commands and their arguments, fields that results have
 * shown, and what mongosh completes (databases, collections, methods, operators).
 */
export async function complete(
  text: string,
  { context, fields, code }: { context: CommandContext; fields: SeenFields; code: CompleteCode },
): Promise<string[]> {
  const word = /^\s*([a-z_]+)\s+(\S*)$/.exec(text);
  const command = word && shellCommands.find(({ names }) => names.includes(word[1] ?? ''));
  if (command) {
    const prefix = word[2] ?? '';
    const head = text.slice(0, text.length - prefix.length);
    const words = (await command.complete?.(context)) ?? [];
    return words.filter((candidate) => candidate.startsWith(prefix)).map((candidate) => head + candidate);
  }
  const own = shellCommands.flatMap(({ names }) => names).filter((name) => name.startsWith(text));
  const line = text.slice(text.lastIndexOf('\n') + 1);
  const above = text.slice(0, text.length - line.length);
  const [found, named] = [await code(line), completeField(text, fields)];
  return [...new Set([...own, ...named, ...found.map((candidate) => above + candidate)])];
}

/** A field name where one may stand: after a bracket or comma, or as a path in quotes; of nothing yet, in braces only. */
function completeField(text: string, fields: SeenFields): string[] {
  const match = /(?:[{,(]\s*|["'])\$?([A-Za-z_][\w.$-]*)$/.exec(text) ?? /\{(?:[^{}]*,)?\s*()$/.exec(text);
  const prefix = match?.[1];
  if (prefix === undefined || !/[({]/.test(text)) return [];
  const head = text.slice(0, text.length - prefix.length);
  const quoted = /["']\$?$/.test(head);
  return fields
    .startingWith(prefix)
    .filter((path) => quoted || !path.includes('.'))
    .map((path) => head + path);
}
