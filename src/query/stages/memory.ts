/** What $group, $sort and $bucketAuto may hold in memory each: mongod's limit. */
export const memoryLimitBytes = 100 * 1024 * 1024;

/** What a document costs in memory beside its bytes, about. */
export const documentOverhead = 64;
