import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { JsonStyle } from '../shell/format-json.ts';
import { readScript } from '../shell/read-script.ts';
import { runLines } from '../shell/run-lines.ts';
import { Shell } from '../shell/shell.ts';
import { openSession } from './open-session.ts';
import type { OpenOptions } from './options.ts';
import { liveLine } from './output.ts';
import { ResultPrinter } from './print-results.ts';
import { interruptSignal } from './signals.ts';
import { watchSession } from './watched-session.ts';

export interface QueryOptions extends OpenOptions {
  eval?: string[];
  db?: string;
  json?: JsonStyle;
}

/** Runs the code of `options` and the script `files` on the backup. Throws usage where something is not given, and what the code throws. */
export async function runQuery(files: string[], options: QueryOptions): Promise<void> {
  if (options.backupId === undefined) {
    throw new MongoqError(ErrorCode.usage, 'query needs a backup', { hint: 'give -r REPLICA and -i BACKUP' });
  }
  const scripts = await Promise.all(files.map(async (file) => ({ code: await readScript(file), file })));
  const signal = interruptSignal();
  const line = liveLine(process.stderr, options.quiet);
  const printer = new ResultPrinter({ json: options.json, line });
  let what = `opening backup ${options.backupId}`;
  const watched = watchSession(line, () => what);
  try {
    const { session, close } = await openSession(options, { signal, ...watched });
    const shell = new Shell({
      session,
      db: options.db,
      interactive: false,
      show: printer.show,
      say: printer.say,
      warn: (text) => {
        if (!options.quiet) watched.onNotice(text);
      },
    });
    what = 'running';
    try {
      const given: { code: string; file?: string }[] = (options.eval ?? []).map((code) => ({ code }));
      for (const { code, file } of [...given, ...scripts]) {
        await shell.run(code, signal).catch((error: unknown) => {
          throw file === undefined ? error : failedIn(file, error);
        });
        if (shell.leaving) break;
      }
      if (options.eval === undefined && files.length === 0) await runLines(shell, process.stdin, signal);
      signal.throwIfAborted();
      if (shell.leaving) process.exitCode = shell.exitCode;
    } finally {
      await shell.close();
      await close();
    }
  } finally {
    watched.endProgress();
  }
}

/** What the script `file` threw, with a hint that names it, as far as it can take one. */
function failedIn(file: string, error: unknown): unknown {
  const canTell =
    typeof error === 'object' && error !== null && !isMongoqError(error) && Object.isExtensible(error);
  if (canTell && !('hint' in error)) Object.assign(error, { hint: `in ${file}` });
  return error;
}
