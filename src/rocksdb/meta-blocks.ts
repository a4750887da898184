import { ByteReader } from './byte-reader.ts';
import { FormatError } from './damage.ts';
import { readHandle, type BlockHandle } from './footer.ts';
import { entriesEnd } from './stored-block.ts';

/** Reads a block of plain names and values, in the order of the block. Throws FormatError. */
function readNamedValues(content: Buffer): Map<string, Buffer> {
  const reader = new ByteReader(content, 0, entriesEnd(content));
  const values = new Map<string, Buffer>();
  let name: Buffer = Buffer.alloc(0);
  while (!reader.done) {
    const shared = reader.varint32();
    const unshared = reader.varint32();
    const valueLength = reader.varint32();
    if (shared > name.length) throw new FormatError('a name shares more than the name before it has');
    name = Buffer.concat([name.subarray(0, shared), reader.bytes(unshared)]);
    values.set(name.toString('latin1'), reader.bytes(valueLength));
  }
  return values;
}

/** The handles of a metaindex block, by name. Throws FormatError. */
export function readMetaindex(content: Buffer, fileSize: number): Map<string, BlockHandle> {
  return new Map(
    [...readNamedValues(content)].map(([name, value]) => [name, readHandle(new ByteReader(value), fileSize)]),
  );
}

/** What a reader needs of a table's properties; absent ones have the value that older files mean. */
export interface TableProperties {
  /** 0 binary search, 1 with a hash beside it, 2 two levels, 3 with first keys. */
  indexType: number;
  indexKeysAreUserKeys: boolean;
  indexHandlesAreDeltas: boolean;
  entries: number | undefined;
  comparator: string | undefined;
}

/** Reads the properties block (table/block_based and table/table_properties.cc). Throws FormatError. */
export function readProperties(content: Buffer): TableProperties {
  const values = readNamedValues(content);
  const number = (name: string): number | undefined => {
    const value = values.get(name);
    return value && new ByteReader(value).varint64();
  };
  const indexType = values.get('rocksdb.block.based.table.index.type');
  return {
    indexType: indexType ? new ByteReader(indexType).fixed32() : 0,
    indexKeysAreUserKeys: (number('rocksdb.index.key.is.user.key') ?? 0) !== 0,
    indexHandlesAreDeltas: (number('rocksdb.index.value.is.delta.encoded') ?? 0) !== 0,
    entries: number('rocksdb.num.entries'),
    comparator: values.get('rocksdb.comparator')?.toString('latin1'),
  };
}
