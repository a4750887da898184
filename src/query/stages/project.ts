import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import { compileExpression, createScope } from '../expression/parse.ts';
import type { ParseScope } from '../expression/scope.ts';
import { typeName } from '../expression/type-name.ts';
import { Variables } from '../expression/variables.ts';
import { carryMetadata } from '../metadata.ts';
import { mapDocuments } from './batches.ts';
import { exclude, withoutFields, type Exclusion } from './exclusion.ts';
import { InclusionNode } from './inclusion.ts';
import { checkSpecification, flagOf, projectionKind } from './projection-spec.ts';
import type { Stage, StageContext, StageParser } from './stage.ts';

/** `{$project: {...}}`: includes and computes fields, or leaves some out. */
export const parseProject: StageParser = (specification, context) => {
  if (specification.type !== BsonType.object) {
    throw location(15969, '$project specification must be an object');
  }
  checkSpecification('$project', specification);
  if (projectionKind(specification) === 'exclusion') return [exclusionStage(specification, context)];
  const root = new InclusionNode(false);
  const id = [...elements(specification)].find(({ name }) => name === '_id')?.value;
  if (id === undefined) root.include(['_id']);
  addFields(root, specification, [], createScope(context.collator, context.failures), true);
  return [inclusionStage('$project', root, context)];
};

/** `{$addFields: {...}}`: keeps all and computes fields; a number is a value here. */
export const parseAddFields: StageParser = (specification, context) => {
  if (specification.type !== BsonType.object) {
    throw location(40272, `$addFields specification stage must be an object, got ${typeName(specification)}`);
  }
  checkSpecification('$addFields', specification);
  const root = new InclusionNode(true);
  addFields(root, specification, [], createScope(context.collator, context.failures), false);
  return [inclusionStage('$addFields', root, context)];
};

function addFields(
  root: InclusionNode,
  specification: Value,
  prefix: string[],
  scope: ParseScope,
  flags: boolean,
): void {
  for (const { name, value } of elements(specification)) {
    const path = [...prefix, ...splitFieldPath(name)];
    const flag = flags ? flagOf(value) : undefined;
    if (flag === true) root.include(path);
    else if (flag === undefined) {
      if (isLevel(value)) addFields(root, value, path, scope, flags);
      else root.compute(path, compileExpression(value, scope));
    }
  }
}

/** A document of further fields, not of an operator. */
function isLevel(value: Value): boolean {
  if (value.type !== BsonType.object) return false;
  for (const { name } of elements(value)) return !name.startsWith('$');
  return false;
}

function inclusionStage(name: string, root: InclusionNode, { signal }: StageContext): Stage {
  return {
    name,
    expressions: [...root.expressions()],
    run(input) {
      const variables = new Variables();
      return mapDocuments(input, signal, (document) => {
        variables.setRoot(document);
        return carryMetadata(document, root.apply(document, variables));
      });
    },
  };
}

function exclusionStage(specification: Value, { signal }: StageContext): Stage {
  const root: Exclusion = new Map();
  const add = (document: Value, prefix: string[]) => {
    for (const { name, value } of elements(document)) {
      const path = [...prefix, ...splitFieldPath(name)];
      if (value.type === BsonType.object) add(value, path);
      else if (flagOf(value) === false) exclude(root, path);
    }
  };
  add(specification, []);
  return {
    name: '$project',
    run: (input) =>
      mapDocuments(input, signal, (document) => carryMetadata(document, withoutFields(document, root))),
  };
}
