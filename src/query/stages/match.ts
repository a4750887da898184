import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import type { Collator } from '../../bson/compare.ts';
import { location, type CommandError } from '../errors.ts';
import { geoHooks } from '../geo/hooks.ts';
import { compileMatcher } from '../match/compile.ts';
import type { MatchContext } from '../match/hooks.ts';
import { parseFilter } from '../match/parse.ts';
import { hasNode, type MatchNode } from '../match/tree.ts';
import { parseTextOperator } from '../text/text-operator.ts';
import { chooseDocuments } from './batches.ts';
import type { StageParser } from './stage.ts';

/** `{$match: filter}`. A $text in it is for the engine, which has the index: see Pushdown. */
export const parseMatch: StageParser = (specification, { collator, signal }) => {
  const node = parseStageFilter(specification, collator);
  return [
    {
      name: '$match',
      hints: { filter: specification, text: hasNode(node, 'text') },
      run(input) {
        const matches = compileMatcher(node, { collator });
        return chooseDocuments(input, signal, (document) => (matches(document) ? document : undefined));
      },
    },
  ];
};

/** Parses a filter inside a pipeline. Throws 15959, 16395 ($where), 16424 ($near) or 16426 ($nearSphere). */
export function parseStageFilter(specification: Value, collator: Collator | undefined): MatchNode {
  if (specification.type !== BsonType.object) {
    throw location(15959, 'the match filter must be an expression in an object');
  }
  refuseClauses(specification);
  const context: MatchContext = {
    collator,
    hooks: {
      ...geoHooks,
      parseNear: () => {
        throw notInMatch('$near');
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

const refusedClauses = new Map([
  ['$where', 16395],
  ['$near', 16424],
  ['$nearSphere', 16426],
]);

/** mongod looks for these names at any depth, also where they are only data. */
function refuseClauses(specification: Value): void {
  for (const { name, value } of elements(specification)) {
    if (refusedClauses.has(name)) throw notInMatch(name);
    if (value.type === BsonType.object || value.type === BsonType.array) refuseClauses(value);
  }
}

function notInMatch(name: string): CommandError {
  return location(
    refusedClauses.get(name) ?? 16424,
    `${name} is not allowed inside of a $match aggregation expression`,
  );
}
