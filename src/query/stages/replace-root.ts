import { printDocument, printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements } from '../../bson/value.ts';
import { location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { compileExpression, createScope } from '../expression/parse.ts';
import { typeName } from '../expression/type-name.ts';
import { Variables } from '../expression/variables.ts';
import { mapDocuments } from './batches.ts';
import type { StageParser } from './stage.ts';

/**
 * `{$replaceRoot: {newRoot: expression}}`: the expression's document takes the document's place; a text score stays behind unless
 * it is the whole document.
 */
export const parseReplaceRoot: StageParser = (specification, { collator, signal, failures }) => {
  if (specification.type !== BsonType.object) {
    throw location(
      40229,
      `expected an object as specification for $replaceRoot stage, got ${typeName(specification)}`,
    );
  }
  let newRoot: Expression | undefined;
  for (const { name, value } of elements(specification)) {
    if (name !== 'newRoot') {
      throw location(
        40230,
        `unrecognized option to $replaceRoot stage: ${name}, only valid option is 'newRoot'.`,
      );
    }
    newRoot = compileExpression(value, createScope(collator, failures));
  }
  const expression = newRoot;
  if (expression === undefined) throw location(40231, 'no newRoot specified for the $replaceRoot stage');
  return [
    {
      name: '$replaceRoot',
      expressions: [expression],
      run: (input) =>
        mapDocuments(input, signal, (document) => {
          const root = expression.evaluate(new Variables(document));
          if (root?.type === BsonType.object) return root;
          throw location(
            40228,
            `'newRoot' expression  must evaluate to an object, but resulting value was: ${root === undefined ? 'MISSING' : printValue(root)}. Type of resulting value: '${typeName(root)}'. Input document: ${printDocument(document)}`,
          );
        }),
    },
  ];
};
