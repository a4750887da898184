import { createHash } from 'node:crypto';
import { stringOf, numberOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { appendCount } from '../query/append-count.ts';
import { readMatching } from '../query/read-matching.ts';
import { newReply } from '../reply.ts';
import type { Handler } from './command.ts';

/** filemd5: the MD5 of a GridFS file, from its chunks in order. */
const filemd5: Handler = async ({ state, db, command, signal }) => {
  const id = firstValue(command);
  const rootValue = field(command, 'root');
  if (id === undefined) throw badValue('filemd5 needs a file id');
  const root = rootValue?.type === BsonType.string ? stringOf(rootValue) : 'fs';
  const collection = state.catalog.collection(db, `${root}.chunks`);
  const hash = createHash('md5');
  let chunks = 0;
  if (collection) {
    const filter = new DocumentBuilder().append('files_id', id).finish();
    const sort = new DocumentBuilder().int('files_id', 1).int('n', 1).finish();
    const ordered = readMatching(state, collection, { filter, sort, collator: undefined, signal });
    for await (const batch of ordered) {
      for (const chunk of batch) {
        if (numberOf(field(chunk, 'n')) !== chunks) {
          throw new CommandError(10040, 'Location10040', 'chunks out of order');
        }
        const data = field(chunk, 'data');
        if (data?.type === BsonType.binData) hash.update(data.bytes.subarray(data.start + 5, data.end));
        chunks++;
      }
    }
  }
  return appendCount(newReply(), 'numChunks', chunks).string('md5', hash.digest('hex'));
};

export const fileMd5Commands = { filemd5 };
