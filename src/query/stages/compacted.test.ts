import { describe, expect, it } from 'vitest';
import { toValue } from '../../bson/js.ts';
import { documentOf, Value } from '../../bson/value.ts';
import { addMetadata, metadataOf } from '../metadata.ts';
import { compacted } from './compacted.ts';

const document = Buffer.from(toValue({ a: 1 }).slice());

/** The same document again and again in one buffer. */
function block(count: number): Value[] {
  const bytes = Buffer.alloc(document.length * count);
  return Array.from({ length: count }, (_, i) => {
    document.copy(bytes, i * document.length);
    return documentOf(bytes, i * document.length, (i + 1) * document.length);
  });
}

describe('compacted', () => {
  it('leaves documents where they lie if they are most of what was read', () => {
    const documents = block(3);
    expect(compacted(documents)).toBe(documents);
  });

  it('copies the few of many, with their metadata', () => {
    const chosen = [...block(100).slice(7, 8), ...block(100).slice(90, 91)];
    chosen.forEach((each, i) => addMetadata(each, { textScore: i }));
    const copies = compacted(chosen);
    expect(copies.map((copy) => copy.slice())).toEqual([document, document]);
    expect(copies.map((copy) => metadataOf(copy)?.textScore)).toEqual([0, 1]);
    expect(new Set(copies.map(({ bytes }) => bytes.buffer)).size).toBe(1);
    expect(copies[0]?.bytes.buffer.byteLength).toBe(2 * document.length);
  });
});
