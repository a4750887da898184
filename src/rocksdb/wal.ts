import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import { damaged, decoding } from './damage.ts';
import type { DatabaseFiles } from './files.ts';
import { readWhole } from './files.ts';
import { readLog } from './log-records.ts';
import { Memtable } from './memtable.ts';
import { decodeWriteBatch, firstSequence } from './write-batch.ts';

/** A write-ahead log file by its number. */
export interface LogFile {
  name: string;
  number: number;
}

/** The WAL files (n.log) directly in `directory` ("" is the database's own), in order. */
export function logFiles(files: DatabaseFiles, directory: string): LogFile[] {
  const prefix = directory === '' ? '' : `${directory}/`;
  return [...files.list().keys()]
    .filter((name) => name.startsWith(prefix) && /^\d+\.log$/.test(name.slice(prefix.length)))
    .map((name) => ({ name, number: Number(name.slice(prefix.length, -4)) }))
    .sort((a, b) => a.number - b.number);
}

/**
 * Replays WAL files in order. A file that is cut off ends there, as after a crash, with a warning; whatever
 * else is wrong is damage.
 * A later file must then go on with the next sequence number, as RocksDB's point-in-time recovery demands.
 * With `endAtDamage` damage ends the replay as it does in mongod, and a warning says where.
 * Throws engineDamaged, engineUnsupported.
 */
export async function replay(
  files: DatabaseFiles,
  logs: LogFile[],
  options: { endAtDamage: boolean; signal?: AbortSignal | undefined },
): Promise<{ memtable: Memtable; warnings: string[] }> {
  const memtable = new Memtable();
  const warnings: string[] = [];
  const contents = await Promise.all(
    logs.map(({ name }) => readWhole(files, name, { signal: options.signal })),
  );
  let cutOff: { where: string; offset: number } | undefined;
  let next = 0;
  for (const [i, { name }] of logs.entries()) {
    const where = files.describe(name);
    try {
      const { records, end } = readLog(contents[i] ?? Buffer.alloc(0));
      for (const { offset, data } of records) {
        const first = decoding(where, offset, () => firstSequence(data));
        if (cutOff && first !== next) {
          throw damaged(cutOff.where, cutOff.offset, `it is cut off, and ${where} does not go on from there`);
        }
        cutOff = undefined;
        const operations = decoding(where, offset, () => decodeWriteBatch(data));
        memtable.add(operations);
        next = first + operations.length;
      }
      if (end && !end.cutOff) throw damaged(where, end.offset, end.problem);
      if (end) {
        cutOff = { where, offset: end.offset };
        warnings.push(`${where} ends within a record, at offset ${end.offset}: ${end.problem}`);
      }
    } catch (error) {
      if (!options.endAtDamage || !isMongoqError(error, ErrorCode.engineDamaged)) throw error;
      return {
        memtable,
        warnings: [...warnings, `${error.message}; what was written after that is left out`],
      };
    }
  }
  return { memtable, warnings };
}
