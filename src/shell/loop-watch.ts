/**
 * Runs in a thread of its own beside the shell. A loop of the user's code that goes on after an `await` holds the main
 * thread's event loop, so that no signal reaches a handler there; `vm`'s own `breakOnSigint` covers only what runs before the first
 * `await`. A thread hears no signals either, but a child process in the terminal's foreground group does: it says so, and where the main
 * thread does not answer this one, what it runs is ended through the inspector, as a debugger's stop button does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { answered, evaluating, type FromWatch } from './loop-breaker.ts';

/** How long the main thread may take to answer, in milliseconds: pieces of work that are no endless loop are shorter. */
const patienceMs = 300;

/** Ends with its standard input, and so with this process, however that ends. */
const listener = 'trap "echo signal; exit" INT TERM HUP; echo ready; read -r line';

const port = parentPort;
if (!port) throw new Error('loop-watch runs in a thread');
const state = new Int32Array(workerData as SharedArrayBuffer);
let child: ChildProcess | undefined;
let ending = false;

function listen(): void {
  const started = spawn('/bin/sh', ['-c', listener], { stdio: ['pipe', 'pipe', 'ignore'] });
  child = started;
  let listening = false;
  started.stdout.on('data', (text: Buffer) => {
    listening ||= text.includes('ready');
    if (listening) port?.postMessage('ready' satisfies FromWatch);
    if (text.includes('signal')) ask();
  });
  // Heard so that it is not thrown; `close` follows.
  started.on('error', () => undefined);
  started.on('close', (_code, signal) => {
    child = undefined;
    if (ending) port?.close();
    // A signal may also come before the trap is set.
    else if (listening || signal !== null) listen();
    // Where there is no `sh`, loops are stopped as far as `vm` does it.
    else port?.postMessage('ready' satisfies FromWatch);
  });
}

/** Asks whether the main thread hears; if it is busy with the user's code and does not, stops that. */
function ask(): void {
  if (Atomics.load(state, evaluating) === 0) return;
  Atomics.store(state, answered, 0);
  port?.postMessage('signal' satisfies FromWatch);
  setTimeout(() => {
    if (Atomics.load(state, answered) === 0 && Atomics.load(state, evaluating) === 1) stop();
  }, patienceMs);
}

/** Connected no longer than it takes: a process that ends waits for its debuggers, and says so. */
function stop(): void {
  const inspector = new Session();
  inspector.connectToMainThread();
  inspector.post('Runtime.terminateExecution', () => inspector.disconnect());
}

// The one thing that it is told: that the shell ends.
port.on('message', () => {
  ending = true;
  if (child) child.kill('SIGKILL');
  else port.close();
});
listen();
