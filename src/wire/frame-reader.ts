import { headerSize, maxMessageSize } from './opcodes.ts';
import { protocolError } from './protocol-error.ts';

/**
 * Cuts a byte stream into messages. Memory follows the bytes that really came (at most twice as much), never a length
 * that a header claims; a length out of bounds throws gatewayProtocol at once.
 */
export class FrameReader {
  /** Largest message to accept, bytes; may be changed between messages (an unauthenticated peer gets less). */
  maxSize: number;
  #partial = Buffer.alloc(0);
  #size = 0;

  constructor(maxSize = maxMessageSize) {
    this.maxSize = maxSize;
  }

  /** Bytes kept of a message that is not complete yet. */
  get buffered(): number {
    return this.#size;
  }

  /** Adds received bytes and returns the messages that are now complete, header included (views). */
  push(chunk: Buffer): Buffer[] {
    const bytes = this.#size === 0 ? chunk : this.#append(chunk);
    const frames: Buffer[] = [];
    let at = 0;
    for (let end = this.#endOfNext(bytes, at); end !== undefined; end = this.#endOfNext(bytes, at)) {
      frames.push(bytes.subarray(at, end));
      at = end;
    }
    if (frames.length > 0 || this.#size === 0) this.#keep(bytes.subarray(at));
    return frames;
  }

  #endOfNext(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < 4) return undefined;
    const length = bytes.readInt32LE(at);
    if (length < headerSize || length > this.maxSize) {
      throw protocolError(`a message of ${length} bytes was announced`);
    }
    return at + length <= bytes.length ? at + length : undefined;
  }

  /** Everything so far with the chunk behind it. */
  #append(chunk: Buffer): Buffer {
    const size = this.#size + chunk.length;
    if (size > this.#partial.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#partial.length * 2));
      this.#partial.copy(larger, 0, 0, this.#size);
      this.#partial = larger;
    }
    chunk.copy(this.#partial, this.#size);
    this.#size = size;
    return this.#partial.subarray(0, size);
  }

  /** Starts a new buffer: the messages handed out are views of the old one. */
  #keep(rest: Buffer): void {
    this.#partial = Buffer.from(rest);
    this.#size = rest.length;
  }
}
