import { damagedKey } from './damaged-key.ts';

/**
 * What a KeyString leaves out because it must not affect the order: int, long, double or decimal, string or symbol,
 * the sign of zero, a decimal's precision. Bits are packed from the least significant bit of the first byte upward.
 */
export class TypeBitsWriter {
  readonly #bytes: number[] = [];
  #count = 0;
  #allZero = true;

  /** Appends the low `width` bits of `code`, most significant first. */
  append(code: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      const index = this.#count >> 3;
      if (index === this.#bytes.length) this.#bytes.push(0);
      if ((code >> bit) & 1) {
        this.#bytes[index] = (this.#bytes[index] ?? 0) | (1 << (this.#count & 7));
        this.#allZero = false;
      }
      this.#count++;
    }
  }

  /** Whether every bit is zero, so that the field may be left out where it ends the value. */
  get allZero(): boolean {
    return this.#allZero;
  }

  /** The serialised form, at least one byte. */
  finish(): Buffer {
    const bytes = this.#bytes;
    if (this.#allZero) return Buffer.from([0]);
    if (bytes.length === 1 && (bytes[0] ?? 0) < 0x80) return Buffer.from(bytes);
    if (bytes.length < 0x80) return Buffer.from([0x80 | bytes.length, ...bytes]);
    const long = Buffer.allocUnsafe(5 + bytes.length);
    long[0] = 0x80;
    long.writeUInt32LE(bytes.length, 1);
    long.set(bytes, 5);
    return long;
  }
}

/** Reads the bits back in the order in which they were appended; zeros for ever after the end. */
export class TypeBitsReader {
  readonly #bytes: Buffer;
  readonly #first: number;
  readonly #last: number;
  #at = 0;
  /** Offset after the serialised form. */
  readonly end: number;

  /** Throws DamagedKey when the announced length does not fit. */
  constructor(bytes: Buffer, start = 0) {
    this.#bytes = bytes;
    const head = bytes[start];
    if (head === undefined || head === 0) {
      this.#first = this.#last = start;
      this.end = head === undefined ? start : start + 1;
    } else if (head < 0x80) {
      this.#first = start;
      this.#last = this.end = start + 1;
    } else {
      const long = head === 0x80;
      if (long && start + 5 > bytes.length) throw damagedKey('the type bits are cut off');
      const length = long ? bytes.readUInt32LE(start + 1) : head & 0x7f;
      this.#first = start + (long ? 5 : 1);
      this.#last = this.end = this.#first + length;
      if (this.end > bytes.length) throw damagedKey('the type bits are cut off');
    }
  }

  read(width: number): number {
    let code = 0;
    for (let bit = 0; bit < width; bit++) {
      const index = this.#first + (this.#at >> 3);
      const byte = index < this.#last ? (this.#bytes[index] ?? 0) : 0;
      code = (code << 1) | ((byte >> (this.#at & 7)) & 1);
      this.#at++;
    }
    return code;
  }
}
