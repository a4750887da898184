import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { Md5Answer, Md5Order } from './md5-thread.ts';

// The program of a thread that computes MD5s of files, in the order in which it is asked.

interface OpenFile {
  descriptor: number;
  hash: Hash;
  done: number;
}

/** Small enough to be still in the processor's cache when it is gone through. */
const piece = Buffer.allocUnsafeSlow(256 << 10);
const files = new Map<number, OpenFile>();

function goThrough(file: OpenFile, end: number): void {
  while (file.done < end) {
    const length = Math.min(piece.length, end - file.done);
    const count = readSync(file.descriptor, piece, 0, length, file.done);
    if (count === 0) throw new Error('the file ends before');
    file.hash.update(piece.subarray(0, count));
    file.done += count;
  }
}

function close(id: number): void {
  const file = files.get(id);
  files.delete(id);
  if (file) closeSync(file.descriptor);
}

function carryOut({ id, file, end, last }: Md5Order): Md5Answer | undefined {
  let open = files.get(id);
  if (!open) files.set(id, (open = { descriptor: openSync(file, 'r'), hash: createHash('md5'), done: 0 }));
  goThrough(open, end);
  return last ? { id, md5: open.hash.digest() } : undefined;
}

parentPort?.on('message', (order: Md5Order | { forget: number }) => {
  if ('forget' in order) {
    close(order.forget);
    return;
  }
  let answer: Md5Answer | undefined;
  try {
    answer = carryOut(order);
  } catch {
    // Whoever asked computes it by itself, and meets the fault again.
    answer = { id: order.id, md5: undefined };
  }
  if (!answer) return;
  close(order.id);
  parentPort?.postMessage(answer);
});
