import { decodeDataBlock, type Entries } from './data-block.ts';
import { damaged, decoding, unsupported } from './damage.ts';
import type { DatabaseFiles, FileRange } from './files.ts';
import { sizeOf } from './files.ts';
import { readLegacyFilter, type KeyFilter } from './filter.ts';
import { maxFooterSize, readFooter, trailerSize, type BlockHandle, type Footer } from './footer.ts';
import { BlockIndex, decodeIndexBlock, type IndexForm } from './index-block.ts';
import { readMetaindex, readProperties, type TableProperties } from './meta-blocks.ts';
import { openStoredBlock } from './stored-block.ts';

/** The name of an SST file: its number with at least six digits. */
export function tableName(number: number): string {
  return `${String(number).padStart(6, '0')}.sst`;
}

/**
 * The end of a table that its first read fetches. Footer, index and metaindex are the last things in a MongoRocks file and
 * about 0.2 % of it (an index entry of 30 bytes for each 16 KiB), so that a table usually opens with one round trip. The
 * filter lies before them, and may be many times larger.
 */
export function tailRange(fileSize: number): FileRange {
  const length = Math.min(fileSize, Math.max(16 << 10, Math.min(512 << 10, Math.ceil(fileSize / 256))));
  return { start: fileSize - length, end: fileSize };
}

/** One SST file: where its blocks are, and what is in them. Blocks are verified whenever they are read. */
export class Table {
  readonly name: string;
  readonly size: number;
  readonly index: BlockIndex;
  readonly footer: Footer;
  readonly properties: TableProperties | undefined;
  readonly #files: DatabaseFiles;
  readonly #filter: BlockHandle | undefined;

  private constructor(
    files: DatabaseFiles,
    name: string,
    size: number,
    parts: {
      index: BlockIndex;
      footer: Footer;
      properties: TableProperties | undefined;
      filter: BlockHandle | undefined;
    },
  ) {
    this.#files = files;
    this.name = name;
    this.size = size;
    this.index = parts.index;
    this.footer = parts.footer;
    this.properties = parts.properties;
    this.#filter = parts.filter;
  }

  /**
   * Reads footer, metaindex, properties and index. Throws engineDamaged, engineMissingFile, or engineUnsupported for
   * tables with range deletions, compression dictionaries, or a format_version above 5.
   */
  static async open(files: DatabaseFiles, name: string): Promise<Table> {
    const size = sizeOf(files, name);
    const where = files.describe(name);
    const tailAt = tailRange(size);
    if (size === 0) throw damaged(where, 0, 'the file is empty');
    const tail = await files.read(name, tailAt);
    const footer = decoding(where, Math.max(0, size - maxFooterSize), () =>
      readFooter(tail.subarray(-maxFooterSize), size, where),
    );
    const block = async (handle: BlockHandle): Promise<Buffer> => {
      const end = handle.offset + handle.size + trailerSize;
      const stored =
        handle.offset >= tailAt.start
          ? tail.subarray(handle.offset - tailAt.start, end - tailAt.start)
          : await files.read(name, { start: handle.offset, end });
      return decoding(where, handle.offset, () => openStoredBlock(stored, footer));
    };
    const [metaindexBlock, indexBlock] = await Promise.all([block(footer.metaindex), block(footer.index)]);
    const metaindex = decoding(where, footer.metaindex.offset, () => readMetaindex(metaindexBlock, size));
    refuseUnknown(metaindex, where);

    const propertiesAt = metaindex.get('rocksdb.properties') ?? metaindex.get('rocksdb.stats');
    const properties =
      propertiesAt &&
      (await block(propertiesAt).then((content) =>
        decoding(where, propertiesAt.offset, () => readProperties(content)),
      ));
    const form: IndexForm = {
      userKeys: properties?.indexKeysAreUserKeys ?? false,
      deltaHandles: properties?.indexHandlesAreDeltas ?? false,
      firstKeys: properties?.indexType === 3,
    };
    let entries = decoding(where, footer.index.offset, () => decodeIndexBlock(indexBlock, form, size));
    if (properties?.indexType === 2) {
      const partitions = await Promise.all(
        entries.handles.map(async (handle) => {
          const content = await block(handle);
          return decoding(where, handle.offset, () => decodeIndexBlock(content, form, size));
        }),
      );
      entries = {
        keys: partitions.flatMap((partition) => partition.keys),
        handles: partitions.flatMap((partition) => partition.handles),
        exact: partitions.flatMap((partition) => partition.exact),
      };
    }
    const index = new BlockIndex(entries);
    if (index.count === 0) throw damaged(where, footer.index.offset, 'its index has no entries');
    const filter = [...metaindex].find(([key]) => key.startsWith('fullfilter.'))?.[1];
    return new Table(files, name, size, { index, footer, properties, filter });
  }

  /** What messages call the file. */
  get where(): string {
    return this.#files.describe(this.name);
  }

  /** Bytes of memory, about. */
  get memory(): number {
    return this.index.memory + 500;
  }

  /** The filter, if the table has one that this reader knows. */
  async readFilter(): Promise<{ mayContain: KeyFilter | undefined; memory: number }> {
    const handle = this.#filter;
    if (!handle) return { mayContain: undefined, memory: 0 };
    const stored = await this.#files.read(this.name, blockRange(handle));
    const content = decoding(this.where, handle.offset, () => openStoredBlock(stored, this.footer));
    return { mayContain: readLegacyFilter(content), memory: content.length };
  }

  /** Where data blocks `from` to `to` (exclusive) lie, their trailers included; they are contiguous in the file. */
  range(from: number, to: number): FileRange {
    return { start: this.index.handle(from).offset, end: this.index.end(to - 1) };
  }

  /** Data block `i`, whose stored bytes `stored` start at offset `start` of the file. */
  decode(i: number, stored: Buffer, start: number): Entries {
    const { offset } = this.index.handle(i);
    return decoding(this.where, offset, () =>
      decodeDataBlock(
        openStoredBlock(stored.subarray(offset - start, this.index.end(i) - start), this.footer),
      ),
    );
  }

  /** Reads and decodes data block `i`. */
  async readBlock(i: number, signal?: AbortSignal): Promise<Entries> {
    const range = this.range(i, i + 1);
    return this.decode(i, await this.#files.read(this.name, range, { signal }), range.start);
  }

  /** Where the filter lies, if there is one. */
  get filterRange(): FileRange | undefined {
    return this.#filter && blockRange(this.#filter);
  }
}

function blockRange(handle: BlockHandle): FileRange {
  return { start: handle.offset, end: handle.offset + handle.size + trailerSize };
}

function refuseUnknown(metaindex: Map<string, BlockHandle>, where: string): void {
  for (const [name, what] of [
    ['rocksdb.range_del', 'holds range deletions'],
    ['rocksdb.compression_dict', 'is compressed with a dictionary'],
  ] as const) {
    if (metaindex.has(name)) throw unsupported(where, `${what}, which this reader does not know`);
  }
}
