import { documentOf } from '../bson/value.ts';
import { checkDocument } from './check-document.ts';
import { protocolError } from './protocol-error.ts';

/** Reads a message's body from front to back; every read checks that the bytes are there and throws gatewayProtocol. */
export class ByteCursor {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start: number, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  get at(): number {
    return this.#at;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#take(8));
  }

  cstring(): string {
    const nul = this.#bytes.indexOf(0, this.#at);
    if (nul < 0 || nul >= this.#end) throw protocolError('a string is cut off');
    const text = this.#bytes.toString('utf8', this.#at, nul);
    this.#at = nul + 1;
    return text;
  }

  /** A BSON document (a view), checked through all its levels. */
  document(): Buffer {
    const document = this.#outer();
    checkDocument(document);
    return document;
  }

  /** Throws unless everything was read. */
  finish(): void {
    if (!this.done) throw protocolError('bytes follow the message');
  }

  #outer(): Buffer {
    try {
      const document = documentOf(this.#bytes.subarray(0, this.#end), this.#at).slice();
      this.#at += document.length;
      return document;
    } catch (error) {
      throw protocolError('a document is malformed', error);
    }
  }

  #take(count: number): number {
    const start = this.#at;
    if (count < 0 || count > this.#end - start) throw protocolError('a message is cut off');
    this.#at += count;
    return start;
  }
}
