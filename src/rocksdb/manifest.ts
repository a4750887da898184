import { damaged, decoding, unsupported } from './damage.ts';
import { compareKeys } from './bytes.ts';
import { readLog } from './log-records.ts';
import { decodeVersionEdit, type TableFile, type VersionEdit } from './version-edit.ts';

/** The state that a MANIFEST ends with. */
export interface Version {
  /** Tables of each level; level 0 newest first, the others in key order, where they do not overlap. */
  levels: TableFile[][];
  /** WAL files of smaller numbers are obsolete. */
  logNumber: number;
  lastSequence: number;
}

const bytewise = 'leveldb.BytewiseComparator';

/**
 * Applies all version edits of a MANIFEST. `where` is what messages call the file.
 * Throws engineDamaged, naming the offset, also for a file that is cut off; engineUnsupported for other comparators,
 * further column families, and fields that must not be passed over.
 */
export function readManifest(content: Buffer, where: string): Version {
  const { records, end } = readLog(content);
  const files = new Map<string, TableFile>();
  let logNumber = 0;
  let lastSequence = 0;
  let groupRemaining = 0;
  for (const { offset, data } of records) {
    const edit = decoding(where, offset, () => decodeVersionEdit(data));
    refuseForeign(edit, where);
    logNumber = edit.logNumber ?? logNumber;
    lastSequence = edit.lastSequence ?? lastSequence;
    groupRemaining = edit.groupRemaining;
    // Within one record deletions refer to files that earlier records added.
    for (const key of edit.deleted) files.delete(key);
    for (const file of edit.added) files.set(`${file.level}/${file.number}`, file);
  }
  if (end) throw damaged(where, end.offset, end.problem);
  if (records.length === 0) throw damaged(where, 0, 'it has no records');
  if (groupRemaining > 0) throw damaged(where, content.length, 'an atomic group of records is not complete');
  return { levels: arrange([...files.values()], where), logNumber, lastSequence };
}

function refuseForeign(edit: VersionEdit, where: string): void {
  if (edit.comparator !== undefined && edit.comparator !== bytewise) {
    throw unsupported(
      where,
      `orders keys by the comparator "${edit.comparator}"; only ${bytewise} can be read`,
    );
  }
  if (edit.newColumnFamily !== undefined) {
    throw unsupported(
      where,
      `has a column family "${edit.newColumnFamily}"; only databases with none but "default" can be read`,
    );
  }
  if (edit.columnFamily !== 0 || edit.dropsColumnFamily) {
    throw unsupported(where, `changes column family ${edit.columnFamily}; only the default one can be read`);
  }
}

function arrange(files: TableFile[], where: string): TableFile[][] {
  const levels: TableFile[][] = [];
  for (const file of files) {
    while (levels.length <= file.level) levels.push([]);
    levels[file.level]?.push(file);
  }
  levels.forEach((level, i) => {
    if (i === 0) level.sort((a, b) => b.number - a.number);
    else level.sort((a, b) => compareKeys(a.smallest, b.smallest) || compareKeys(a.largest, b.largest));
    level.forEach((file, j) => {
      const before = level[j - 1];
      if (compareKeys(file.smallest, file.largest) > 0) {
        throw damaged(where, 0, `the bounds of file ${file.number} are in the wrong order`);
      }
      if (i > 0 && before && compareKeys(before.largest, file.smallest) > 0) {
        throw damaged(where, 0, `files ${before.number} and ${file.number} of level ${i} overlap`);
      }
    });
  });
  return levels;
}
