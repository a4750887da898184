import { Value } from '../../bson/value.ts';

/** What $group, $sort and $bucketAuto may hold in memory each: mongod's limit. */
export const memoryLimitBytes = 100 * 1024 * 1024;

/**
 * Where a stage that may spill begins to: far below mongod's limit, because a $group holds as much once for each level of its parts,
 * what JavaScript holds takes up to four times as much until its garbage is collected, and the whole process is to stay under 512 MiB.
 */
const spillBytes = 8 * 1024 * 1024;

/** The largest document inside of mongod, in bytes: 16 MiB and some room for what commands add. */
export const largestDocument = 16 * 1024 * 1024 + 16 * 1024;

/** Bytes that a stage holds before it spills, or fails where it may not. */
export function holdLimit({
  allowDiskUse,
  memoryLimit,
}: {
  allowDiskUse: boolean;
  memoryLimit: number;
}): number {
  return allowDiskUse ? Math.min(memoryLimit, spillBytes) : memoryLimit;
}

/**
 * Bytes that a document or group costs beside its own, about. Where the limit is an error, as mongod counts, so that what fits there
 * fits here; where it makes a stage spill, as much as it really takes.
 */
export function overheadOf(spills: boolean): number {
  return spills ? 400 : 96;
}

/** The value with bytes of its own: held values must not keep the blocks alive that they were read from. */
export function ownCopy(value: Value): Value {
  const bytes = Buffer.from(value.slice());
  return new Value(value.type, bytes, 0, bytes.length);
}
