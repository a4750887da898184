import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import type { Collator } from '../../bson/compare.ts';
import { location } from '../errors.ts';
import { geoHooks } from '../geo/hooks.ts';
import { compileMatcher } from '../match/compile.ts';
import type { MatchContext } from '../match/hooks.ts';
import { parseFilter } from '../match/parse.ts';
import { hasNode, type MatchNode } from '../match/tree.ts';
import { parseTextOperator } from '../text/text-operator.ts';
import { mapDocuments } from './batches.ts';
import type { StageParser } from './stage.ts';

/** `{$match: filter}`. A $text in it is for the engine, which has the index: see Pushdown. Inside a $facet it has no answer (17309). */
export const parseMatch: StageParser = (specification, { collator, signal }) => {
  const node = parseStageFilter(specification, collator);
  return [
    {
      name: '$match',
      hints: { filter: specification, text: hasNode(node, 'text') },
      run(input) {
        const matches = compileMatcher(node, { collator });
        return mapDocuments(input, signal, (document) => (matches(document) ? document : undefined));
      },
    },
  ];
};

/** Parses a filter inside a pipeline. Throws 15959, 16395 ($where) or 16424 ($near). */
export function parseStageFilter(specification: Value, collator: Collator | undefined): MatchNode {
  if (specification.type !== BsonType.object) {
    throw location(15959, 'the match filter must be an expression in an object');
  }
  const context: MatchContext = {
    collator,
    hooks: {
      ...geoHooks,
      parseNear: () => {
        throw location(16424, '$near is not allowed inside of a $match aggregation expression');
      },
      compileWhere: () => {
        throw location(16395, '$where is not allowed inside of a $match aggregation expression');
      },
      parseText: (text) => {
        parseTextOperator(text);
        return {
          matches() {
            throw location(17309, 'Should never call getNext on a $match stage with $text clause');
          },
        };
      },
    },
  };
  return parseFilter(specification, context);
}
