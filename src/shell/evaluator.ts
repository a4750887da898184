import vm from 'node:vm';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { showDate } from './inspect.ts';
import type { ShellInstanceState, ShellResult } from '@mongosh/shell-api';
import { loadMongosh } from './load-mongosh.ts';
import { originalError } from './server-error.ts';
import { endsInWriteMethod } from './write-methods.ts';

/**
 * A value that the shell would print, with mongosh's name of its kind (`Cursor`, `Help`, ...; null for plain values). The
 * several values of one `print` are a list of results, of the kind `PrintedValues`.
 */
export interface EvaluationResult {
  type: string | null;
  printable: unknown;
}

export interface EvaluatorOptions {
  /** Where the gateway listens: a mongodb:// connection string. */
  uri: string;
  /** The database that `db` means at first. */
  db?: string;
  interactive: boolean;
  /** Receives what the user's code prints. */
  onPrint: (values: EvaluationResult[]) => void | Promise<void>;
  /** Receives mongosh's warnings, each once: they are none of the results. */
  onWarning: (text: string) => void | Promise<void>;
  /** The user's code wants the screen cleared. */
  onClear: () => void;
  /** The user's code ends the shell (`exit(3)`): what runs never returns. */
  onExit: (exitCode: number) => void;
  /** `load(file)`: gives the file's text. */
  readFile: (file: string) => Promise<string>;
}

/**
 * mongosh's own evaluator, with one connection to the gateway. The JavaScript context, its variables and `db` live as
 * long as the evaluator: the backup behind the gateway may change meanwhile.
 */
export interface Evaluator {
  /** Runs shell code: JavaScript, or mongosh's direct commands (`show dbs`, `use db`, `it`). Throws what the code throws. */
  evaluate(code: string, filename?: string): Promise<EvaluationResult>;
  /** Completions of a line: whole lines to replace it by. Methods that write are not offered. */
  complete(line: string): Promise<string[]>;
  /** Stops what runs: pending calls reject, their operations on the server end. Resolves when new code may run. */
  interrupt(): Promise<void>;
  /** Forgets the cursor that `it` goes on with: it belongs to a backup that was left. */
  forgetCursor(): void;
  /** The name of the database that `db` means. */
  readonly databaseName: string;
  close(): Promise<void>;
}

/** Starts an evaluator. Takes about half a second, mostly for loading mongosh's packages. */
export async function startEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { ShellInstanceState, ShellEvaluator, NodeDriverServiceProvider, completer } = await loadMongosh();
  const bus = new EventEmitter();
  const provider = await NodeDriverServiceProvider.connect(
    withDatabase(options.uri, options.db ?? 'test'),
    { productDocsLink: 'https://www.mongodb.com/docs/mongodb-shell/', productName: 'mongoq' },
    {},
    bus,
  );
  const state = new ShellInstanceState(provider, bus);
  state.isInteractive = options.interactive;
  passWarnings(state, options.onWarning);
  const context = createContext(state);
  const evaluator = new ShellEvaluator(state);

  const evaluate = async (code: string, filename = 'mongoq'): Promise<EvaluationResult> => {
    const run = (rewritten: string): Promise<unknown> =>
      Promise.resolve(vm.runInContext(rewritten, context, { breakOnSigint: true, filename }));
    try {
      return plain(await evaluator.customEval(run, code, context, filename));
    } catch (error) {
      throw originalError(error);
    }
  };
  state.setEvaluationListener({
    onPrint: (values: ShellResult[]) => options.onPrint(values.map(plain)),
    onClearCommand: options.onClear,
    onExit: (exitCode?: number) => {
      options.onExit(exitCode ?? 0);
      return new Promise<never>(() => undefined);
    },
    onLoad: async (filename: string) => {
      const text = await options.readFile(filename);
      const run = async (): Promise<void> => {
        await evaluate(text, filename);
      };
      return { resolvedFilename: filename, evaluate: run };
    },
  });

  return {
    evaluate,
    complete: async (line) => {
      const [found] = await completer(state.getAutocompleteParameters(), line);
      return found.filter((candidate) => !endsInWriteMethod(candidate));
    },
    interrupt: async () => {
      await state.onInterruptExecution();
      await state.onResumeExecution();
    },
    forgetCursor: () => {
      state.currentCursor = null;
    },
    get databaseName() {
      return state.currentDb.getName();
    },
    close: async () => {
      await state.close();
    },
  };
}

/** mongosh prints its warnings among the results. */
function passWarnings(state: ShellInstanceState, onWarning: EvaluatorOptions['onWarning']): void {
  const shown = new Set<string>();
  const pass =
    (kind: string) =>
    async (message: string): Promise<void> => {
      if (shown.has(message)) return;
      shown.add(message);
      await onWarning(`${kind}: ${message}`);
    };
  state.printWarning = pass('Warning');
  state.printDeprecationWarning = pass('DeprecationWarning');
}

function plain({ type, printable }: ShellResult): EvaluationResult {
  return { type, printable: printable as unknown };
}

function createContext(state: ShellInstanceState): vm.Context {
  const context = vm.createContext({
    require: undefined,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    Buffer,
    URL,
  });
  // The context has a Date of its own; it should print as mongosh prints dates.
  const contextDate = vm.runInContext('Date', context) as DateConstructor;
  Object.defineProperty(contextDate.prototype, inspect.custom, { value: showDate });
  state.setCtx(context);
  return context;
}

function withDatabase(uri: string, db: string): string {
  const [address, query] = uri.split('?') as [string, string | undefined];
  const base = address.replace(/\/$/, '');
  return `${base}/${encodeURIComponent(db)}${query === undefined ? '' : `?${query}`}`;
}
