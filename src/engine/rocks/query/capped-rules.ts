import { badValue, CommandError } from '../../../query/errors.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import type { Collection } from '../catalog/collection.ts';
import type { FindOptions } from './find-options.ts';

/**
 * Whether a collection can be read as `oplogReplay` and `tailable` ask: both need a capped collection, the one a lower
 * end on `ts` too. Throws OplogOperationUnsupported, BadValue.
 */
export function checkCapped(
  collection: Collection | undefined,
  filter: MatchNode,
  { oplogReplay, tailable }: FindOptions,
): void {
  if (collection === undefined) return;
  if (oplogReplay) {
    if (!collection.capped) throw badValue('OplogReplay cursor requested on non-capped collection');
    if (startsAtTime(filter)) return;
    throw new CommandError(
      62,
      'OplogOperationUnsupported',
      "OplogReplay query does not contain top-level $gt or $gte over the 'ts' field.",
    );
  }
  if (tailable && !collection.capped) {
    throw badValue(
      `error processing query: ns=${collection.namespace} tailable cursor requested on non capped collection`,
    );
  }
}

function startsAtTime(filter: MatchNode): boolean {
  const top = filter.kind === 'and' ? filter.children : [filter];
  return top.some(
    (node) =>
      node.kind === 'compare' && node.path === 'ts' && (node.operator === 'gt' || node.operator === 'gte'),
  );
}
