import { BsonType } from './types.ts';
import { nameBytes, Value } from './value.ts';

/**
 * Writes a document field by field into one growing buffer; values are copied as bytes. Nested documents and arrays
 * are opened and closed in place.
 */
export class DocumentBuilder {
  #bytes: Buffer;
  #at = 4;
  readonly #open: { start: number; isArray: boolean; items: number }[] = [
    { start: 0, isArray: false, items: 0 },
  ];

  constructor(sizeHint = 256) {
    this.#bytes = Buffer.allocUnsafe(Math.max(sizeHint, 64));
  }

  /** Appends a field with a copy of the value's bytes. */
  append(name: string, value: Value): this {
    const size = value.end - value.start;
    this.#head(value.type, name, size);
    this.#copy(value.bytes, value.start, value.end);
    return this;
  }

  /** Appends a whole field (type, name and value) as it lies in another document. */
  copyField(bytes: Buffer, start: number, end: number): this {
    this.#reserve(end - start);
    this.#copy(bytes, start, end);
    return this;
  }

  /** Appends to the array opened last, or to an array document, under the next number as its name. */
  push(value: Value): this {
    return this.append(this.#nextName(), value);
  }

  openDocument(name: string): this {
    return this.#start(BsonType.object, name, false);
  }

  openArray(name: string): this {
    return this.#start(BsonType.array, name, true);
  }

  /** Opens a document as the next item of the array opened last. */
  pushDocument(): this {
    return this.openDocument(this.#nextName());
  }

  /** Opens an array as the next item of the array opened last. */
  pushArray(): this {
    return this.openArray(this.#nextName());
  }

  /** Ends the document or array opened last. */
  close(): this {
    const opened = this.#open.pop();
    if (opened === undefined || this.#open.length === 0) throw new Error('nothing is open');
    this.#end(opened.start);
    return this;
  }

  /** Bytes written so far, without the end of the open documents. */
  get size(): number {
    return this.#at;
  }

  /** The whole document; the builder is not used afterwards. */
  finish(): Value {
    return this.#finish(BsonType.object);
  }

  /** The same as an array value, for a builder filled by `push`. */
  finishArray(): Value {
    return this.#finish(BsonType.array);
  }

  int(name: string, value: number): this {
    this.#head(BsonType.int, name, 4);
    this.#at = this.#bytes.writeInt32LE(value, this.#at);
    return this;
  }

  long(name: string, value: bigint): this {
    this.#head(BsonType.long, name, 8);
    this.#at = this.#bytes.writeBigInt64LE(value, this.#at);
    return this;
  }

  double(name: string, value: number): this {
    this.#head(BsonType.double, name, 8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
    return this;
  }

  bool(name: string, value: boolean): this {
    this.#head(BsonType.bool, name, 1);
    this.#bytes[this.#at++] = value ? 1 : 0;
    return this;
  }

  null(name: string): this {
    this.#head(BsonType.null, name, 0);
    return this;
  }

  string(name: string, value: string): this {
    const length = Buffer.byteLength(value, 'utf8');
    this.#head(BsonType.string, name, length + 5);
    this.#at = this.#bytes.writeInt32LE(length + 1, this.#at);
    this.#at += this.#bytes.write(value, this.#at, 'utf8');
    this.#bytes[this.#at++] = 0;
    return this;
  }

  #nextName(): string {
    const top = this.#open[this.#open.length - 1];
    if (top === undefined) throw new Error('nothing is open');
    return String(top.items++);
  }

  #start(type: number, name: string, isArray: boolean): this {
    this.#head(type, name, 5);
    this.#open.push({ start: this.#at, isArray, items: 0 });
    this.#at += 4;
    return this;
  }

  #head(type: number, name: string, size: number): void {
    const nameAndNul = nameBytes(name);
    this.#reserve(1 + nameAndNul.length + size);
    this.#bytes[this.#at++] = type;
    this.#copy(nameAndNul, 0, nameAndNul.length);
  }

  /** Copies bytes for which there is room: a few in a loop, as a native call costs more than that. */
  #copy(bytes: Buffer, start: number, end: number): void {
    const target = this.#bytes;
    let at = this.#at;
    if (end - start > 32) {
      bytes.copy(target, at, start, end);
      at += end - start;
    } else {
      for (let from = start; from < end; from++) target[at++] = bytes[from] as number;
    }
    this.#at = at;
  }

  #end(start: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = 0;
    this.#bytes.writeInt32LE(this.#at - start, start);
  }

  #finish(type: number): Value {
    if (this.#open.length !== 1) throw new Error('a nested document is still open');
    this.#end(0);
    return new Value(type, this.#bytes, 0, this.#at);
  }

  #reserve(more: number): void {
    const needed = this.#at + more + 8;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
