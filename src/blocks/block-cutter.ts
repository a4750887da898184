/**
 * Cuts bytes that arrive in pieces of any length into blocks, each in memory of its own: one block kept does not keep
 * what came with it.
 */
export class BlockCutter {
  readonly #blockBytes: number;
  readonly #take: (block: Buffer) => void;
  /** Bytes that are still to come, those of the present block included. */
  #left: number;
  #block: Buffer | undefined;
  #filled = 0;

  /** `length` bytes are to come; `take` gets blocks of `blockBytes`, the last one as long as what is left. */
  constructor(length: number, blockBytes: number, take: (block: Buffer) => void) {
    this.#left = length;
    this.#blockBytes = blockBytes;
    this.#take = take;
  }

  /** Takes the next bytes, which may change afterwards. Throws an Error if they are more than was to come. */
  add(bytes: Buffer): void {
    if (this.#filled + bytes.length > this.#left) throw new Error('more bytes came than were asked for');
    for (let at = 0; at < bytes.length;) {
      this.#block ??= Buffer.allocUnsafeSlow(Math.min(this.#blockBytes, this.#left));
      const copied = bytes.copy(this.#block, this.#filled, at);
      this.#filled += copied;
      at += copied;
      if (this.#filled === this.#block.length) this.#finish(this.#block);
    }
  }

  #finish(block: Buffer): void {
    this.#left -= block.length;
    this.#block = undefined;
    this.#filled = 0;
    this.#take(block);
  }
}
