import { FormatError } from './damage.ts';

/** Reads RocksDB's primitive forms one after the other; everything is checked against the end of the buffer. */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    if (this.position >= this.end) throw new FormatError('unexpected end');
    return this.buffer.readUInt8(this.position++);
  }

  /** LEB128 of up to 32 bits. */
  varint32(): number {
    const value = this.varint64();
    if (value > 0xffffffff) throw new FormatError('a 32-bit number is too large');
    return value;
  }

  /** LEB128 of up to 64 bits. Throws above 2^53 - 1: no offset, size or sequence number of a real file gets there. */
  varint64(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new FormatError('a 64-bit number is too large');
        return value;
      }
      scale *= 128;
    }
    throw new FormatError('a number has too many bytes');
  }

  fixed32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** Throws above 2^53 - 1, as `varint64`. */
  fixed64(): number {
    const value = this.bytes(8).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FormatError('a 64-bit number is too large');
    return Number(value);
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Buffer {
    if (length > this.end - this.position) {
      throw new FormatError(`${length} bytes are announced, ${this.end - this.position} are left`);
    }
    this.position += length;
    return this.buffer.subarray(this.position - length, this.position);
  }

  /** A view of bytes with their length (varint32) before them. */
  lengthPrefixed(): Buffer {
    return this.bytes(this.varint32());
  }
}
