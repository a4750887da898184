import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goJson } from './go-json.ts';
import {
  parseFileMetadata,
  parseMetadata,
  parseStats,
  writeFileMetadata,
  writeMetadata,
  writeStats,
} from './metadata.ts';
import { formatTime, parseTime } from './time.ts';

const root = path.join(import.meta.dirname, '../..');
const objects = ['sample', 'test/fixtures/store'].flatMap((store) =>
  readdirSync(path.join(root, store), { recursive: true, encoding: 'utf8' })
    .filter((key) => /^(metadata|stats|file_metadata)\/[^/]+\/./.test(key))
    .map((key) => ({ key, bytes: readFileSync(path.join(root, store, key)) })),
);

/** The zone of a metadata object, in minutes east of UTC. */
function zoneOf(bytes: Buffer): number {
  const [, sign, hours, minutes] = /"time":"[^"]*?(?:Z|([+-])(\d\d):(\d\d))"/.exec(bytes.toString())!;
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

describe('the JSON of a real store', () => {
  it.each(objects.filter(({ key }) => key.startsWith('metadata/')))(
    '$key is written the same',
    ({ key, bytes }) => {
      const metadata = parseMetadata(key, bytes);
      const time = formatTime(metadata.time, zoneOf(bytes));
      const written = writeMetadata(metadata).toString();
      expect(written.replace(/"time":"[^"]*"/, `"time":"${time}"`)).toBe(bytes.toString());
    },
  );

  it('is written the same for stats and file metadata', () => {
    for (const { key, bytes } of objects) {
      if (key.startsWith('stats/')) expect(writeStats(parseStats(key, bytes))).toEqual(bytes);
      if (key.startsWith('file_metadata/'))
        expect(writeFileMetadata(parseFileMetadata(key, bytes))).toEqual(bytes);
    }
  });
});

describe('times', () => {
  it.each([
    [1795325829383399229n, 0, '2026-11-22T05:37:09.383399229Z'],
    [1795325829383399000n, -300, '2026-11-22T00:37:09.383399-05:00'],
    [1795325829000000000n, 345, '2026-11-22T11:22:09+05:45'],
    [-1n, 0, '1969-12-31T23:59:59.999999999Z'],
  ])('%s at %s is %s', (time, offset, text) => {
    expect(formatTime(time, offset)).toBe(text);
    expect(parseTime(text)).toBe(time);
  });

  it('come back from every zone', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 4102444800n * 10n ** 9n }),
        fc.integer({ min: -720, max: 840 }),
        (time, offset) => parseTime(formatTime(time, offset)) === time,
      ),
    );
  });

  it.each(['', '2026-11-22', '2026-11-22T05:37:09', '2026-13-22T05:37:09Z', 'now'])('refuse %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('Go JSON', () => {
  it('escapes as Go does', () => {
    expect(goJson({ a: '<&>"\\\n\t\u0001\u2028é😀', b: [1, null, true], c: 2n ** 60n })).toBe(
      '{"a":"\\u003c\\u0026\\u003e\\"\\\\\\n\\t\\u0001\\u2028é😀","b":[1,null,true],"c":1152921504606846976}',
    );
  });

  it('is JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer())), (value) => {
        expect(JSON.parse(goJson(value))).toEqual(value);
      }),
    );
  });
});
