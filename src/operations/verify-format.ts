import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import { damaged } from '../rocksdb/damage.ts';
import { readWhole, type DatabaseFiles } from '../rocksdb/files.ts';
import { readLog } from '../rocksdb/log-records.ts';
import { Table } from '../rocksdb/table.ts';
import { isWal } from './wal-place.ts';

/** Bytes of data blocks that are read at once. */
const runSize = 8 << 20;

/**
 * Checks a RocksDB file by its own checksums: every block of an SST, every record of a MANIFEST or WAL (which may be cut
 * off at its end, as after a crash), the form of CURRENT. Throws engineDamaged with name and offset. Files of other
 * kinds, and of formats that are not known, pass.
 */
export async function checkFormat(files: DatabaseFiles, name: string, signal: AbortSignal): Promise<void> {
  try {
    if (name.endsWith('.sst')) await checkTable(files, name, signal);
    else if (name.startsWith('MANIFEST-')) await checkLog(files, name, false);
    else if (isWal(name)) await checkLog(files, name, true);
    else if (name === 'CURRENT') await checkCurrent(files, name);
  } catch (error) {
    if (!isMongoqError(error, ErrorCode.engineUnsupported)) throw error;
  }
}

async function checkTable(files: DatabaseFiles, name: string, signal: AbortSignal): Promise<void> {
  const table = await Table.open(files, name);
  await table.readFilter();
  const blocks = table.index.count;
  for (let from = 0; from < blocks;) {
    let to = from + 1;
    while (to < blocks && table.range(from, to + 1).end - table.range(from, to).start <= runSize) to++;
    const range = table.range(from, to);
    const stored = await files.read(name, range, { signal });
    for (let i = from; i < to; i++) table.decode(i, stored, range.start);
    from = to;
  }
}

async function checkLog(files: DatabaseFiles, name: string, mayEndEarly: boolean): Promise<void> {
  const { end } = readLog(await readWhole(files, name));
  if (end && !(end.cutOff && mayEndEarly)) throw damaged(files.describe(name), end.offset, end.problem);
}

async function checkCurrent(files: DatabaseFiles, name: string): Promise<void> {
  const content = (await readWhole(files, name)).toString('latin1');
  if (!/^MANIFEST-\d+\n$/.test(content))
    throw damaged(files.describe(name), 0, 'it does not name a MANIFEST file');
}
