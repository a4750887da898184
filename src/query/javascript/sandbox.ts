import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten';
import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { badValue, CommandError } from '../errors.ts';
import { decode } from './decode.ts';
import { codeWithScope, encode, type Encoded } from './encode.ts';
import { prelude } from './prelude.ts';

const memoryLimitBytes = 64 * 1024 * 1024;

/** Well below what the host's own stack can take, so that the script fails and not the host. */
const stackLimitBytes = 96 * 1024;

/** How long one call of a script may run, where it keeps everybody else waiting. */
let callLimitMs = 5_000;

/** Lets scripts run as long as they like: for a thread that is ended from without. */
export function liftTimeLimit(): void {
  callLimitMs = Infinity;
}

let loaded: QuickJSWASMModule | undefined;
/** A script hit a limit in the loaded instance, which cannot be cleaned up then: the next command gets a new one. */
let spoiled = false;

/** Loads the interpreter. Must have ended before the first Sandbox is made; later calls do nothing. */
export async function loadJavaScript(): Promise<void> {
  if (loaded && !spoiled) return;
  spoiled = false;
  const { newQuickJSWASMModule } = await import('quickjs-emscripten');
  loaded = await newQuickJSWASMModule();
}

/**
 * An interpreter of its own in WebAssembly for the scripts of one command. It has no access to files, network, processes or anything else of the
 * host; memory, stack and the time of a call are limited.
 */
export class Sandbox {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #globals = new Map<string, QuickJSHandle>();
  #deadline = Infinity;
  #spoiled = false;

  constructor() {
    if (loaded === undefined) throw new Error('loadJavaScript was not called');
    this.#runtime = loaded.newRuntime();
    this.#runtime.setMemoryLimit(memoryLimitBytes);
    this.#runtime.setMaxStackSize(stackLimitBytes);
    this.#runtime.setInterruptHandler(() => Date.now() > this.#deadline);
    this.#context = this.#runtime.newContext();
    this.#context.unwrapResult(this.#context.evalCode(prelude, 'prelude')).dispose();
  }

  /** Compiles a string, code or code with scope and returns its number for `call`. Throws CommandError. */
  compile(code: Value): number {
    let source: string;
    if (code.type === BsonType.codeWithScope) {
      const parts = codeWithScope(code);
      this.setGlobals(parts.scope);
      source = parts.code;
    } else if (code.type === BsonType.string || code.type === BsonType.code) source = stringOf(code);
    else throw badValue('a JavaScript function must be a string or code');
    try {
      return Number(this.run('__compile', source));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(1, 'InternalError', 'Failed to call method');
    }
  }

  /** Makes the fields of a document global variables. */
  setGlobals(document: Value): void {
    this.run('__setGlobals', encode(document));
  }

  /** Calls a compiled function with `self` as this (undefined is none) and the items of an array as arguments. */
  call(compiled: number, self: Value | undefined, list: Value): Value {
    const result = this.run('__call', compiled, self === undefined ? '' : encode(self), encode(list));
    return decode(JSON.parse(String(result)) as Encoded);
  }

  /** Calls a function of the prelude. Throws 139 with what the script throws, or over a limit. */
  run(name: string, ...values: (string | number)[]): unknown {
    const context = this.#context;
    const handles = values.map((value) =>
      typeof value === 'string' ? context.newString(value) : context.newNumber(value),
    );
    this.#deadline = Date.now() + callLimitMs;
    try {
      const result = context.callFunction(this.#global(name), context.undefined, ...handles);
      const handle = result.error ?? result.value;
      const value: unknown = context.dump(handle);
      handle.dispose();
      if (result.error === undefined) return value;
      throw this.#failure(value);
    } catch (error) {
      if (error instanceof RangeError) throw this.#failure({ name: 'InternalError', message: error.message });
      throw error;
    } finally {
      this.#deadline = Infinity;
      for (const handle of handles) handle.dispose();
    }
  }

  #global(name: string): QuickJSHandle {
    let handle = this.#globals.get(name);
    if (handle === undefined) {
      handle = this.#context.getProp(this.#context.global, name);
      this.#globals.set(name, handle);
    }
    return handle;
  }

  #failure(thrown: unknown): CommandError {
    if (isOverLimit(thrown)) this.#spoiled = spoiled = true;
    return new CommandError(139, 'JSInterpreterFailure', describe(thrown));
  }

  /** Frees its memory. One that hit a limit is left to the garbage collector, with its whole instance. */
  dispose(): void {
    if (this.#spoiled) return;
    for (const handle of this.#globals.values()) handle.dispose();
    this.#context.dispose();
    this.#runtime.dispose();
  }
}

/** Runs `work` with a sandbox that ends with it. `loadJavaScript` is done here. */
export async function withSandbox<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  await loadJavaScript();
  const sandbox = new Sandbox();
  try {
    return await work(sandbox);
  } finally {
    sandbox.dispose();
  }
}

/** Out of memory, out of stack or out of time: QuickJS leaves objects behind, and refuses to be freed. */
function isOverLimit(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return thrown === null;
  return 'name' in thrown && thrown.name === 'InternalError';
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return `uncaught exception: ${String(thrown)}`;
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  if (typeof message !== 'string') return `uncaught exception: ${JSON.stringify(thrown)}`;
  const text = message === 'interrupted' ? `the script ran longer than ${callLimitMs / 1000} s` : message;
  return `${typeof name === 'string' ? name : 'Error'}: ${text}`;
}
