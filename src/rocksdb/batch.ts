import { stride } from './data-block.ts';

/**
 * Consecutive entries of a scan, in its direction. For speed the bytes can be used in place: `positions` holds four
 * numbers an entry: start and end of its key in `keys`, start and end of its value in `values`. The buffers may be
 * shared with caches: do not write to them. A batch stays valid after the next one was read.
 */
export class Batch {
  readonly length: number;
  readonly keys: Buffer;
  readonly values: Buffer;
  readonly positions: Int32Array;

  constructor(length: number, keys: Buffer, values: Buffer, positions: Int32Array) {
    this.length = length;
    this.keys = keys;
    this.values = values;
    this.positions = positions;
  }

  /** A view of key `i`. */
  key(i: number): Buffer {
    return this.keys.subarray(this.positions[i * stride], this.positions[i * stride + 1]);
  }

  /** A view of value `i`. */
  value(i: number): Buffer {
    return this.values.subarray(this.positions[i * stride + 2], this.positions[i * stride + 3]);
  }
}
