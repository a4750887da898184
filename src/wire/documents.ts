import { elements, type Value, documentOf } from '../bson/value.ts';

/** The first field's name, which in a command says which it is; undefined for an empty document. */
export function firstFieldName(document: Buffer): string | undefined {
  for (const { name } of elements(documentOf(document))) return name;
  return undefined;
}

/** The document without the fields that `drop` names; the same buffer if there are none. Bytes of the others are kept. */
export function withoutFields(document: Buffer, drop: (name: string, value: Value) => boolean): Buffer {
  const kept: Buffer[] = [];
  let dropped = false;
  let at = 4;
  for (const { name, value } of elements(documentOf(document))) {
    if (drop(name, value)) dropped = true;
    else kept.push(document.subarray(at, value.end));
    at = value.end;
  }
  if (!dropped) return document;
  const bytes = Buffer.concat([Buffer.alloc(4), ...kept, Buffer.alloc(1)]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

/** `document` with the fields of `more` after its own. */
export function withFields(document: Buffer, more: Buffer): Buffer {
  const bytes = Buffer.concat([document.subarray(0, -1), more.subarray(4)]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}
