import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import { formatResult } from '../../shell/format.ts';
import { formatJson, type JsonStyle } from '../../shell/format-json.ts';
import { Shell } from '../../shell/shell.ts';
import { runLines } from '../../shell/run-lines.ts';
import { openSession } from '../open-session.ts';
import { addOpenOptions, type OpenOptions } from '../options.ts';
import { printLine, wantsColors } from '../output.ts';
import { interruptSignal } from '../signals.ts';

interface QueryOptions extends OpenOptions {
  eval?: string[];
  db?: string;
  json?: boolean | string;
}

/** `mongoq query`: runs code on one backup and prints the results, without a terminal. */
export function addQuery(program: Command): void {
  addOpenOptions(program.command('query'))
    .description('run shell code on a backup: --eval, script files, or standard input')
    .argument('[files...]', 'scripts to run, in order')
    .option('--eval <code>', 'code to run (may be repeated)', (code: string, all?: string[]) => [
      ...(all ?? []),
      code,
    ])
    .option('--db <name>', 'the database that `db` means', 'test')
    .option('--json [style]', 'print results as Extended JSON: canonical (default) or relaxed')
    .action(runQuery);
}

async function runQuery(files: string[], options: QueryOptions): Promise<void> {
  const json = jsonStyle(options.json);
  if (options.replicaId === undefined || options.backupId === undefined) {
    throw new MongoqError(ErrorCode.usage, 'query needs a backup', { hint: 'give -r REPLICA and -i BACKUP' });
  }
  const scripts = await Promise.all(files.map(async (file) => readScript(file)));
  const signal = interruptSignal();
  const { session, close } = await openSession(options, { signal });
  const shell = new Shell({
    session,
    db: options.db,
    interactive: false,
    show: (result) => {
      const text = json
        ? formatJson(result, json)
        : formatResult(result, { colors: wantsColors(process.stdout) });
      if (text !== '') printLine(text);
    },
    say: printLine,
  });
  const interrupt = (): void => void shell.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    for (const code of [...(options.eval ?? []), ...scripts]) await shell.run(code);
    if (options.eval === undefined && files.length === 0) await runLines(shell, process.stdin);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', interrupt);
    await shell.close();
    await close();
  }
}

async function readScript(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new MongoqError(ErrorCode.usage, `the script ${file} cannot be read`, { cause: error });
  });
}

function jsonStyle(json: QueryOptions['json']): JsonStyle | undefined {
  if (json === undefined || json === false) return undefined;
  if (json === true || json === 'canonical') return 'canonical';
  if (json === 'relaxed') return 'relaxed';
  throw new MongoqError(ErrorCode.usage, `--json is canonical or relaxed, not ${json}`);
}
