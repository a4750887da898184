import { canonicalType } from '../../bson/canonical.ts';
import { compareSameType, compareValues, type Collator } from '../../bson/compare.ts';
import { BsonType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import type { ValueTest } from './path-walker.ts';
import { regexTest } from './regex-test.ts';
import type { InNode } from './tree.ts';

/** The test of `$in`: a binary search among the sorted values, then the regular expressions in turn. */
export function inTest(node: InNode, collator: Collator | undefined): ValueTest {
  const sorted = [...node.values].sort((a, b) => compareValues(a, b, collator));
  const hasNull = sorted.some((value) => value.type === BsonType.null);
  const regexes = node.regexes.map(regexTest);
  const canonical = sorted.map((value) => canonicalType(value.type));
  return (type, bytes, start, end) => {
    if (type === 0) return hasNull;
    const candidate = new Value(type, bytes, start, end);
    const wanted = canonicalType(type);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order =
        wanted - (canonical[middle] as number) ||
        compareSameType(candidate, sorted[middle] as Value, collator);
      if (order === 0) return true;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    for (const regex of regexes) if (regex(type, bytes, start, end)) return true;
    return false;
  };
}
