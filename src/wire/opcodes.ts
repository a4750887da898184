/** Operation codes of the MongoDB wire protocol. Source: the protocol's public documentation. */
export const OpCode = {
  reply: 1,
  update: 2001,
  insert: 2002,
  query: 2004,
  getMore: 2005,
  delete: 2006,
  killCursors: 2007,
  command: 2010,
  commandReply: 2011,
  compressed: 2012,
  msg: 2013,
} as const;

/** Flag bits of OP_MSG. Bits 0 to 15 must be understood by the receiver, the others may be ignored. */
export const MsgFlag = { checksumPresent: 1, moreToCome: 2, exhaustAllowed: 1 << 16 } as const;

/** Flag bits of OP_QUERY. */
export const QueryFlag = {
  tailable: 1 << 1,
  slaveOk: 1 << 2,
  oplogReplay: 1 << 3,
  noCursorTimeout: 1 << 4,
  awaitData: 1 << 5,
  exhaust: 1 << 6,
  partial: 1 << 7,
} as const;

/** Flag bits of OP_REPLY. */
export const ReplyFlag = { cursorNotFound: 1, queryFailure: 2, awaitCapable: 8 } as const;

/** messageLength, requestID, responseTo, opCode: four little-endian int32. */
export const headerSize = 16;

/** What mongod calls maxMessageSizeBytes and maxBsonObjectSize. */
export const maxMessageSize = 48_000_000;
export const maxDocumentSize = 16 * 1024 * 1024;

/**
 * Documents beside the body of one message: what mongod takes as the largest maxWriteBatchSize, and cursors of one OP_KILL_CURSORS. A
 * message of 48 MB could hold millions of empty ones, each a hundred times as large in memory.
 */
export const maxDocuments = 100_000;
export const maxCursors = 30_000;
