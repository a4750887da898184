import { parentPort, workerData } from 'node:worker_threads';
import { openSnapshot } from '../../../rocksdb/snapshot.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';
import { RemoteFiles } from './remote-files.ts';
import { WorkerTask } from './worker-task.ts';

// The program of a worker thread: it scans pieces of collections whose bytes the main thread reads.

const { snapshot, files: known } = workerData as WorkerData;
const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
  parentPort?.postMessage(message, transfer);
};
const tasks = new Map<number, WorkerTask>();
const isWanted = (): boolean => [...tasks.values()].some((task) => !task.cancelled);
const files = new RemoteFiles(known, send, isWanted);
// Blocks are read once and in order; what matters is that the tables' indexes stay.
const database = openSnapshot(files, snapshot, { indexes: 16 << 20, filters: 1 << 20, blocks: 1 << 20 });

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'run': {
      const { task } = message;
      const running = new WorkerTask(database, task, send);
      tasks.set(task.id, running);
      void running.run().finally(() => {
        tasks.delete(task.id);
        if (tasks.size === 0) files.forgetAhead();
      });
      return;
    }
    case 'cancel':
      tasks.get(message.id)?.cancel();
      return;
    case 'taken':
      tasks.get(message.id)?.taken(message.bytes);
      return;
    case 'bytes':
      files.answer(message);
  }
});
send({ kind: 'ready' });
