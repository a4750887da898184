import type { Document } from 'bson';

/** Fields that 3.4 knows in the commands that reject others; `$`-prefixed ones are always let through. */
const known: Record<string, readonly string[]> = {
  find: [
    ...[
      'find',
      'filter',
      'sort',
      'projection',
      'hint',
      'skip',
      'limit',
      'batchSize',
      'ntoreturn',
      'singleBatch',
    ],
    ...['comment', 'maxScan', 'maxTimeMS', 'max', 'min', 'returnKey', 'showRecordId', 'snapshot', 'tailable'],
    ...[
      'oplogReplay',
      'noCursorTimeout',
      'awaitData',
      'allowPartialResults',
      'readConcern',
      'collation',
      'term',
    ],
    'shardVersion',
  ],
  aggregate: [
    ...[
      'aggregate',
      'pipeline',
      'explain',
      'allowDiskUse',
      'cursor',
      'maxTimeMS',
      'bypassDocumentValidation',
    ],
    ...['readConcern', 'collation', 'fromRouter', 'shardVersion'],
  ],
  getMore: ['getMore', 'collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
};

/** The error for a field that 3.4 does not know, if there is one. */
export function unknownField(name: string, command: Document): Document | undefined {
  if (command['writeConcern'] !== undefined && name in known) {
    return { ok: 0, errmsg: 'Command does not support writeConcern', code: 72, codeName: 'InvalidOptions' };
  }
  if (name === 'getMore' && command['maxTimeMS'] !== undefined) {
    const errmsg = 'cannot set maxTimeMS on getMore command for a non-awaitData cursor';
    return { ok: 0, errmsg, code: 2, codeName: 'BadValue' };
  }
  const field = Object.keys(command).find((key) => !key.startsWith('$') && !known[name]?.includes(key));
  if (!(name in known) || field === undefined) return undefined;
  return {
    ok: 0,
    errmsg: `Failed to parse: Unrecognized field '${field}'.`,
    code: 9,
    codeName: 'FailedToParse',
  };
}
