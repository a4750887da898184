import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import { compareRanges } from './bytes.ts';
import { decodeDataBlock, stride, type Entries } from './data-block.ts';
import { DamagedFileError } from './damage.ts';
import { readWhole, type DatabaseFiles } from './files.ts';
import { readLog } from './log-records.ts';
import { openStoredBlock } from './stored-block.ts';
import { Table } from './table.ts';
import { decodeVersionEdit } from './version-edit.ts';
import { decodeWriteBatch } from './write-batch.ts';

/** Something wrong in a file. */
export interface Finding {
  /** As in the database: "000012.sst". */
  name: string;
  /** Where in the file, in bytes; undefined if that is not known. */
  offset: number | undefined;
  problem: string;
}

export interface VerifyOptions {
  signal?: AbortSignal | undefined;
  /** Told after each read how many bytes of the file were checked. */
  onProgress?: ((bytes: number) => void) | undefined;
}

// Data blocks are read in pieces of about this size.
const pieceSize = 1 << 20;

/**
 * Checks an SST file: the checksum of every block, that it can be decompressed and decoded, that keys ascend within
 * and across blocks and fit the index, and that there are as many entries as the properties say.
 * What is wrong is returned, not thrown; errors of the store are thrown.
 */
export async function verifyTable(
  files: DatabaseFiles,
  name: string,
  options: VerifyOptions = {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let table: Table;
  try {
    table = await Table.open(files, name);
    await table.readFilter();
  } catch (error) {
    return [findingOf(name, error)];
  }
  const order = new OrderCheck();
  const { index } = table;
  for (let i = 0; i < index.count;) {
    options.signal?.throwIfAborted();
    let end = i + 1;
    while (end < index.count && index.end(end) - index.handle(i).offset <= pieceSize) end++;
    const range = table.range(i, end);
    const stored = await files.read(name, range, { signal: options.signal });
    for (; i < end; i++) {
      const { offset } = index.handle(i);
      try {
        const block = stored.subarray(offset - range.start, index.end(i) - range.start);
        const entries = decodeDataBlock(openStoredBlock(block, table.footer), true);
        const problem = order.check(entries, index.key(i));
        if (problem !== undefined) findings.push({ name, offset, problem });
      } catch (error) {
        findings.push({ name, offset, problem: messageOf(error) });
        order.skip();
      }
    }
    options.onProgress?.(range.end - range.start);
  }
  const announced = table.properties?.entries;
  if (findings.length === 0 && announced !== undefined && announced !== order.entries) {
    const problem = `it has ${order.entries} entries, its properties say ${announced}`;
    findings.push({ name, offset: undefined, problem });
  }
  return findings;
}

/** Checks every record of a MANIFEST; returns what is wrong. Whether its files exist is openDatabase's to tell. */
export async function verifyManifest(files: DatabaseFiles, name: string): Promise<Finding[]> {
  return verifyLog(files, name, decodeVersionEdit, false);
}

/** Checks every record of a WAL file; returns what is wrong. A file that is cut off is as a crash leaves it: no finding. */
export async function verifyWal(files: DatabaseFiles, name: string): Promise<Finding[]> {
  return verifyLog(files, name, decodeWriteBatch, true);
}

async function verifyLog(
  files: DatabaseFiles,
  name: string,
  decode: (record: Buffer) => unknown,
  mayBeCutOff: boolean,
): Promise<Finding[]> {
  const { records, end } = readLog(await readWhole(files, name));
  const findings: Finding[] = [];
  for (const { offset, data } of records) {
    try {
      decode(data);
    } catch (error) {
      findings.push({ name, offset, problem: messageOf(error) });
    }
  }
  if (end && !(mayBeCutOff && end.cutOff)) findings.push({ name, offset: end.offset, problem: end.problem });
  return findings;
}

/** Sees all entries of a table in the order of the file. */
class OrderCheck {
  entries = 0;
  #last: { entries: Entries; at: number } | undefined;

  /** A block could not be read: the next one is not compared with it. */
  skip(): void {
    this.#last = undefined;
  }

  /** What is wrong with the keys of a block whose index entry is `separator`. */
  check(entries: Entries, separator: Buffer): string | undefined {
    this.entries += entries.count;
    if (entries.count === 0) return 'the block has no entries';
    let problem: string | undefined;
    for (let i = 0; i < entries.count; i++) {
      if (this.#last && compareInternal(this.#last.entries, this.#last.at, entries, i) >= 0) {
        problem = `entry ${i} of the block does not come after the one before it`;
      }
      this.#last = { entries, at: i };
    }
    const p = (entries.count - 1) * stride;
    const [start = 0, end = 0] = entries.positions.subarray(p, p + 2);
    if (compareRanges(entries.keys, start, end, separator, 0, separator.length) > 0) {
      problem ??= 'the block has a key beyond its index entry';
    }
    return problem;
  }
}

function compareInternal(a: Entries, i: number, b: Entries, j: number): number {
  const [aStart = 0, aEnd = 0] = a.positions.subarray(i * stride, i * stride + 2);
  const [bStart = 0, bEnd = 0] = b.positions.subarray(j * stride, j * stride + 2);
  const order = compareRanges(a.keys, aStart, aEnd, b.keys, bStart, bEnd);
  if (order !== 0) return order;
  // Newer versions come first.
  const aTag = a.keys.readBigUInt64LE(aEnd);
  const bTag = b.keys.readBigUInt64LE(bEnd);
  return aTag > bTag ? -1 : 1;
}

function findingOf(name: string, error: unknown): Finding {
  if (error instanceof DamagedFileError) return { name, offset: error.offset, problem: error.problem };
  const { engineUnsupported, engineMissingFile } = ErrorCode;
  if (isMongoqError(error, engineUnsupported, engineMissingFile)) {
    return { name, offset: undefined, problem: error.message };
  }
  throw error;
}
