import { maskedCrc32c } from './checksum.ts';

/** A record of a MANIFEST or WAL file, put together from its fragments. */
export interface LogRecord {
  /** Where its first fragment starts in the file. */
  offset: number;
  data: Buffer;
}

/** Why a log ends before its bytes do. */
export interface LogEnd {
  offset: number;
  problem: string;
  /** The file simply stops there, as after a crash; otherwise bytes are wrong. */
  cutOff: boolean;
}

const blockSize = 32_768;
const headerSize = 7;

/**
 * The records of a log file (section 9.5 of the format's description; db/log_format.h) up to its end or to the first
 * fault, which is returned last. A zeroed rest of the file counts as cut off.
 */
export function readLog(content: Buffer): { records: LogRecord[]; end: LogEnd | undefined } {
  const records: LogRecord[] = [];
  let fragments: Buffer[] = [];
  let start = 0;
  let at = 0;
  const stop = (offset: number, problem: string, cutOff: boolean): ReturnType<typeof readLog> => ({
    records,
    end: { offset, problem, cutOff },
  });
  while (at < content.length) {
    const left = blockSize - (at % blockSize);
    if (left < headerSize) {
      at += left;
      continue;
    }
    if (content.length - at < headerSize) return stop(at, 'the header of a record is cut off', true);
    const length = content.readUInt16LE(at + 4);
    const type = content.readUInt8(at + 6);
    if (type === 0 && length === 0) {
      if (isZero(content, at)) return stop(at, 'the rest of the file is zero', true);
      at += left;
      continue;
    }
    if (length > left - headerSize) return stop(at, 'a record crosses the end of its block', false);
    const end = at + headerSize + length;
    if (end > content.length) return stop(at, 'a record is cut off', true);
    if (maskedCrc32c(content.subarray(at + 6, end)) !== content.readUInt32LE(at)) {
      return stop(at, 'the checksum of a record does not match', false);
    }
    if (type < 1 || type > 4) return stop(at, `unknown record type ${type}`, false);
    const begins = type === 1 || type === 2;
    if (begins !== (fragments.length === 0)) return stop(at, 'a fragment of a record is missing', false);
    if (begins) start = at;
    fragments.push(content.subarray(at + headerSize, end));
    if (type === 1 || type === 4) {
      records.push({ offset: start, data: joined(fragments) });
      fragments = [];
    }
    at = end;
  }
  return fragments.length > 0 ? stop(start, 'a record is cut off', true) : { records, end: undefined };
}

function isZero(content: Buffer, from: number): boolean {
  for (let i = from; i < content.length; i++) if (content[i] !== 0) return false;
  return true;
}

function joined(fragments: Buffer[]): Buffer {
  const [first, ...others] = fragments;
  return first && others.length === 0 ? first : Buffer.concat(fragments);
}
