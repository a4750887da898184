import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { DatabaseFiles } from '../../../rocksdb/files.ts';
import { FailedRead } from './errors.ts';
import type { FromWorker, Task, ToWorker } from './protocol.ts';
import { RemoteFiles } from './remote-files.ts';
import { ScanThread } from './scan-thread.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const task: Task = {
  id: 1,
  work: { prefix: Buffer.alloc(0), filter: Buffer.alloc(0), collation: undefined, give: 'count' },
  lower: Buffer.alloc(0),
  upper: Buffer.alloc(0),
};
const listener = {
  found: () => undefined,
  done: () => undefined,
  failed: () => undefined,
  lost: () => undefined,
};

it('reads nothing more for a thread whose last task was cancelled', async () => {
  const posted: ToWorker[] = [];
  const worker = Object.assign(new EventEmitter(), {
    ref: () => undefined,
    unref: () => undefined,
    postMessage: (message: ToWorker) => posted.push(message),
  });
  const signals: AbortSignal[] = [];
  const read: DatabaseFiles['read'] = (_, __, { signal } = {}) => {
    signals.push(signal!);
    return new Promise((_resolve, reject) =>
      signal!.addEventListener('abort', () => reject(signal!.reason as Error)),
    );
  };
  const files = { list: () => new Map(), describe: String, read, prefetch: () => true } as DatabaseFiles;
  const thread = new ScanThread(worker as unknown as Worker, files, () => undefined);
  const ask = (number: number): boolean =>
    worker.emit('message', { kind: 'read', read: number, name: 'x', start: 0, end: 5 } satisfies FromWorker);
  const first = thread.run(task, listener);
  const second = thread.run({ ...task, id: 2 }, listener);
  ask(1);
  first.cancel();
  await turn();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  second.cancel();
  ask(2);
  await turn();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const answers = posted.flatMap((message) => (message.kind === 'bytes' ? [message] : []));
  expect(answers.toSorted((a, b) => a.read - b.read)).toEqual(
    [1, 2].map((number) => ({ kind: 'bytes', read: number, bytes: undefined, unwanted: true })),
  );
  thread.run({ ...task, id: 3 }, listener);
  ask(3);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

it('asks again for what was ended because nobody wanted it, if somebody does now', async () => {
  const sent: FromWorker[] = [];
  let isWanted = true;
  const known = new Map([['x', { size: 100, where: 'x' }]]);
  const files = new RemoteFiles(
    known,
    (message) => sent.push(message),
    () => isWanted,
  );
  const answer = (read: number, bytes?: string): void => {
    const content = bytes === undefined ? undefined : new Uint8Array(Buffer.from(bytes)).buffer;
    files.answer({ kind: 'bytes', read, bytes: content, unwanted: content === undefined });
  };
  const wanted = files.read('x', { start: 0, end: 2 });
  answer(0);
  expect(sent.at(-1)).toEqual({ kind: 'read', read: 1, name: 'x', start: 0, end: 2 });
  answer(1, 'ab');
  expect(String(await wanted)).toBe('ab');

  isWanted = false;
  files.prefetch('x', [{ start: 10, end: 20 }]);
  const unwanted = files.read('x', { start: 50, end: 60 });
  answer(2);
  answer(3);
  await expect(unwanted).rejects.toThrow(FailedRead);
  const later = files.read('x', { start: 12, end: 14 });
  await turn();
  expect(sent.at(-1)).toEqual({ kind: 'read', read: 4, name: 'x', start: 12, end: 14 });
  answer(4, 'cd');
  expect(String(await later)).toBe('cd');
});
