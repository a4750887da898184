import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { stringValue } from '../../bson/make.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { compileExpression, createScope } from '../expression/parse.ts';
import { Variables } from '../expression/variables.ts';
import { carryMetadata } from '../metadata.ts';
import { chooseDocuments } from './batches.ts';
import type { StageParser } from './stage.ts';

const descend = stringValue('descend');
const prune = stringValue('prune');
const keep = stringValue('keep');

/**
 * `{$redact: expression}`: for each document, and with $$DESCEND for each document inside it (also in arrays), the expression
 * says whether to keep it, to leave it out or to go on inside; $$CURRENT is the document in question.
 */
export const parseRedact: StageParser = (specification, { collator, signal, failures }) => {
  const { scope, slots } = createScope(collator, failures).define(['CURRENT', 'DESCEND', 'PRUNE', 'KEEP']);
  const expression = compileExpression(specification, scope);
  const [current = 0, ...constants] = slots;
  return [
    {
      name: '$redact',
      expressions: [expression],
      run(input) {
        const variables = new Variables();
        [descend, prune, keep].forEach((value, index) => variables.set(constants[index] ?? 0, value));
        return chooseDocuments(input, signal, (document) => {
          variables.setRoot(document);
          const redacted = redact(document, expression, variables, current);
          return redacted && carryMetadata(document, redacted);
        });
      },
    },
  ];
};

function redact(
  document: Value,
  expression: Expression,
  variables: Variables,
  current: number,
): Value | undefined {
  variables.set(current, document);
  const result = expression.evaluate(variables);
  switch (result?.type === BsonType.string ? stringOf(result) : undefined) {
    case 'keep':
      return document;
    case 'prune':
      return undefined;
    case 'descend':
      break;
    default:
      throw location(
        17053,
        `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${result === undefined ? 'MISSING' : printValue(result)}`,
      );
  }
  const builder = new DocumentBuilder(document.end - document.start);
  for (const { name, value } of elements(document)) {
    const kept = redactInside(value, expression, variables, current);
    if (kept !== undefined) builder.append(name, kept);
  }
  return builder.finish();
}

function redactInside(
  value: Value,
  expression: Expression,
  variables: Variables,
  current: number,
): Value | undefined {
  if (value.type === BsonType.object) return redact(value, expression, variables, current);
  if (value.type !== BsonType.array) return value;
  const builder = new DocumentBuilder(value.end - value.start);
  for (const item of items(value)) {
    const kept = redactInside(item, expression, variables, current);
    if (kept !== undefined) builder.push(kept);
  }
  return builder.finishArray();
}
