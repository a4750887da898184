import { expect, it } from 'vitest';
import { documentOf, type Value } from '../../../bson/value.ts';
import { toValue } from '../../../bson/js.ts';
import type { Batches } from '../../../query/context.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { CommandContext } from '../commands/command.ts';
import { cursorCommands } from '../commands/get-more.ts';
import { CursorRegistry } from './cursor-registry.ts';
import { cursorSignal } from './cursor-signal.ts';
import { DocumentCursor } from './document-cursor.ts';
import { startCursor } from './start-cursor.ts';

const three = [1, 2, 3].map((_id) => documentOf(Buffer.from(toValue({ _id }).slice())));

/** Documents, all of which are there although the command is told to end while they are read. */
// eslint-disable-next-line @typescript-eslint/require-await
async function* endedMeanwhile(command: AbortController): Batches {
  command.abort(new Error('told to end'));
  yield three;
}

function contextOf(cursors: CursorRegistry, command: Value, signal: AbortSignal): CommandContext {
  return { state: { cursors }, db: 'app', name: '', command, signal } as unknown as CommandContext;
}

it('a command that is told to end while it answers leaves no cursor that gives nothing', async () => {
  const cursors = new CursorRegistry();
  const command = new AbortController();
  const { abort } = cursorSignal(command.signal);
  const find = toValue({ find: 'x' });
  const cursor = { namespace: 'app.x', documents: endedMeanwhile(command), batchSize: 1, abort };
  await expect(startCursor(contextOf(cursors, find, command.signal), cursor)).rejects.toThrow('told to end');
  expect(cursors.size).toBe(0);
});

it('nor does a getMore', async () => {
  const cursors = new CursorRegistry();
  const command = new AbortController();
  const documents = new DocumentCursor(endedMeanwhile(command), true);
  const cursor = { documents, tailable: false, awaitData: false, abort: new AbortController() };
  const { id } = cursors.register({ namespace: 'app.x', ...cursor }, { timeless: false });
  const getMore = new DocumentBuilder().long('getMore', id).string('collection', 'x').int('batchSize', 1);
  const context = contextOf(cursors, getMore.finish(), command.signal);
  await expect(cursorCommands.getMore(context)).rejects.toThrow('told to end');
  expect(cursors.size).toBe(0);
});
