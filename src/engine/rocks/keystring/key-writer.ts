/** Bytes of a key under construction. */
export class KeyWriter {
  #bytes = Buffer.allocUnsafe(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** `value` in `length` bytes big-endian, inverted for the content of negative numbers. */
  integer(value: bigint, length: number, invert = false): void {
    this.#reserve(length);
    let rest = value;
    for (let at = this.#length + length - 1; at >= this.#length; at--) {
      const byte = Number(rest & 0xffn);
      this.#bytes[at] = invert ? byte ^ 0xff : byte;
      rest >>= 8n;
    }
    this.#length += length;
  }

  bytes(source: Buffer, start = 0, end = source.length): void {
    this.#reserve(end - start);
    source.copy(this.#bytes, this.#length, start, end);
    this.#length += end - start;
  }

  /** Text of strings and code: each NUL is followed by FF, a bare NUL ends it. */
  text(source: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      const nul = source.indexOf(0, at);
      const stop = nul < 0 || nul >= end ? end : nul + 1;
      this.bytes(source, at, stop);
      if (nul >= 0 && nul < end) this.byte(0xff);
      at = stop;
    }
    this.byte(0);
  }

  /** Inverts everything from `start` on: the field is descending. */
  invertFrom(start: number): void {
    for (let at = start; at < this.#length; at++) this.#bytes[at] = (this.#bytes[at] as number) ^ 0xff;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
