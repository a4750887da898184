import { numberOf } from '../../../bson/access.ts';
import { binaryValue } from '../../../bson/make.ts';
import { field, items, type Value } from '../../../bson/value.ts';

const bitsAnAxis = 32;

/**
 * The key of a legacy point in a 2d index: BinData of subtype 128 with the interleaved bits of both axes; undefined if
 * the value is no point.
 */
export function geoHash(point: Value, spec: Value): Value | undefined {
  if (!point.isDocument() && !point.isArray()) return undefined;
  const [first, second] = items(point);
  const x = numberOf(first);
  const y = numberOf(second);
  if (x === undefined || y === undefined) return undefined;
  const min = numberOf(field(spec, 'min')) ?? -180;
  const max = numberOf(field(spec, 'max')) ?? 180;
  const bits = numberOf(field(spec, 'bits')) ?? 26;
  const scaling = 2 ** 32 / (max - min);
  const cell = (value: number): number => Math.min(Math.floor((value - min) * scaling), 2 ** 32 - 1);
  const bytes = Buffer.alloc(8);
  const [across, up] = [cell(x), cell(y)];
  for (let bit = 0; bit < Math.min(bits, bitsAnAxis); bit++) {
    set(bytes, 2 * bit, isSet(across, bit));
    set(bytes, 2 * bit + 1, isSet(up, bit));
  }
  return binaryValue(bytes, 0x80);
}

function isSet(cell: number, bit: number): boolean {
  return ((cell >>> (bitsAnAxis - 1 - bit)) & 1) === 1;
}

function set(bytes: Buffer, bit: number, value: boolean): void {
  if (value) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
}
