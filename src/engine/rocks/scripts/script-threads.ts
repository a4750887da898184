import { abortable } from '../../../base/abortable.ts';
import { Permits } from '../../../base/permits.ts';
import { ScriptThread } from './script-thread.ts';

/** So many scripts run at a time, and others wait: each thread takes some 20 MiB, and up to 64 for what the script holds. */
const most = 8;
const permits = new Permits(most);

/** Threads that wait for the next script: so many at most, for so many milliseconds. */
const mostIdle = 2;
const idleMs = 30_000;
const idle: ScriptThread[] = [];
let resting: NodeJS.Timeout | undefined;

/**
 * Gives `work` a thread to run scripts in. There no script holds up the event loop, however long it takes, and each can be
 * ended at any moment. Throws what `work` throws, and the signal's reason.
 */
export async function withScriptThread<T>(
  signal: AbortSignal,
  work: (thread: ScriptThread) => Promise<T>,
): Promise<T> {
  const turn = permits.acquire();
  const leave = await abortable(turn, signal).catch((error: unknown) => {
    void turn.then((release) => release());
    throw error;
  });
  const thread = takeIdle() ?? new ScriptThread();
  let whole = false;
  try {
    const result = await work(thread);
    whole = true;
    return result;
  } finally {
    if (whole && !thread.ended && idle.length < mostIdle) rest(thread);
    else thread.close();
    leave();
  }
}

function takeIdle(): ScriptThread | undefined {
  for (let thread = idle.pop(); thread; thread = idle.pop()) if (!thread.ended) return thread;
  return undefined;
}

function rest(thread: ScriptThread): void {
  idle.push(thread);
  clearTimeout(resting);
  resting = setTimeout(() => {
    for (const each of idle.splice(0)) each.close();
  }, idleMs);
  resting.unref();
}
