import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Starts the program in `file`: compiled, or a source under tests and tsx, which a thread must be taught to read. */
export function startWorker(file: string, workerData?: unknown): Worker {
  if (!file.endsWith('.ts')) return new Worker(file, { workerData });
  const program = `import('tsx/esm/api').then(({ register }) => {
    register();
    return import(${JSON.stringify(pathToFileURL(file).href)});
  })`;
  return new Worker(program, { eval: true, workerData });
}
