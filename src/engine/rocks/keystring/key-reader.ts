import { damagedKey } from './damaged-key.ts';

/** Reads a key's bytes, inverting those of a descending field. */
export class KeyReader {
  readonly #bytes: Buffer;
  at: number;
  /** 0xff while a descending field is read, else 0. */
  #mask = 0;
  /** Decimals that mongod 3.4 reads wrongly out of a key are read so too. */
  readonly asServer: boolean;

  constructor(bytes: Buffer, at = 0, asServer = false) {
    this.#bytes = bytes;
    this.at = at;
    this.asServer = asServer;
  }

  set descending(value: boolean) {
    this.#mask = value ? 0xff : 0;
  }

  /** The next byte as stored, without moving. */
  peekRaw(): number {
    return this.#bytes[this.at] ?? -1;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw damagedKey('it is cut off');
    return byte ^ this.#mask;
  }

  /** `length` bytes as an unsigned big-endian integer; `invert` for the content of negative numbers. */
  integer(length: number, invert = false): bigint {
    if (this.at + length > this.#bytes.length) throw damagedKey('a number is cut off');
    const mask = invert ? this.#mask ^ 0xff : this.#mask;
    let value = 0n;
    for (let end = this.at + length; this.at < end; this.at++) {
      value = (value << 8n) | BigInt((this.#bytes[this.at] as number) ^ mask);
    }
    return value;
  }

  /** A copy of `length` bytes. */
  take(length: number): Buffer {
    if (length < 0 || this.at + length > this.#bytes.length) throw damagedKey('a value is cut off');
    const copy = Buffer.from(this.#bytes.subarray(this.at, this.at + length));
    this.at += length;
    if (this.#mask !== 0) for (let at = 0; at < length; at++) copy[at] = (copy[at] as number) ^ 0xff;
    return copy;
  }

  /** Bytes up to a NUL, without it: names, patterns and flags, which hold no NUL. */
  cString(): Buffer {
    const end = this.#bytes.indexOf(this.#mask, this.at);
    if (end < 0) throw damagedKey('a name is cut off');
    const text = this.take(end - this.at);
    this.at++;
    return text;
  }

  /** Text as `KeyWriter.text` writes it: a NUL followed by FF belongs to the text, any other ends it. */
  text(): Buffer {
    const parts: Buffer[] = [];
    const escape = this.#mask ^ 0xff;
    for (;;) {
      const nul = this.#bytes.indexOf(this.#mask, this.at);
      if (nul < 0) throw damagedKey('a string is cut off');
      const inside = this.#bytes[nul + 1] === escape;
      parts.push(this.take(nul - this.at + (inside ? 1 : 0)));
      this.at = nul + (inside ? 2 : 1);
      if (!inside) return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    }
  }
}
