import { DocumentBuilder } from '../../../bson/builder.ts';
import { intValue, longValue, stringValue, trueValue } from '../../../bson/make.ts';
import type { Value } from '../../../bson/value.ts';
import type { MatchNode } from '../../../query/match/tree.ts';

/** A filter (normalized, see match/normalize.ts) as explain shows it: every predicate spelled out. */
export function parsedQuery(node: MatchNode): Value {
  switch (node.kind) {
    case 'alwaysTrue':
      return new DocumentBuilder().finish();
    case 'alwaysFalse':
      return new DocumentBuilder().bool('$alwaysFalse', true).finish();
    case 'and':
    case 'or':
    case 'nor': {
      const builder = new DocumentBuilder().openArray(`$${node.kind}`);
      for (const child of node.children) builder.push(parsedQuery(child));
      return builder.close().finish();
    }
    case 'not':
      return 'path' in node.child
        ? operator(node.child.path, '$not', operand(node.child))
        : new DocumentBuilder().openArray('$nor').push(parsedQuery(node.child)).close().finish();
    case 'text':
    case 'where':
    case 'expr':
      return new DocumentBuilder().openDocument(`$${node.kind}`).close().finish();
    default:
      return new DocumentBuilder().append(node.path, operand(node)).finish();
  }
}

function operator(path: string, name: string, value: Value): Value {
  const inner = new DocumentBuilder().append(name, value).finish();
  return new DocumentBuilder().append(path, inner).finish();
}

/** What stands beside the path. */
function operand(node: MatchNode): Value {
  const builder = new DocumentBuilder();
  switch (node.kind) {
    case 'compare':
      return builder.append(`$${node.operator}`, node.value).finish();
    case 'in':
      builder.openArray('$in');
      for (const value of node.values) builder.push(value);
      for (const { pattern, options } of node.regexes) builder.push(stringValue(`/${pattern}/${options}`));
      return builder.close().finish();
    case 'regex':
      builder.string('$regex', node.pattern);
      if (node.options !== '') builder.string('$options', node.options);
      return builder.finish();
    case 'exists':
      return builder.append('$exists', trueValue).finish();
    case 'size':
      return builder.append('$size', intValue(node.size)).finish();
    case 'mod':
      builder.openArray('$mod').push(longValue(node.divisor)).push(longValue(node.remainder));
      return builder.close().finish();
    case 'type':
      builder.openArray('$type');
      for (const type of node.types) builder.push(intValue(type));
      return builder.close().finish();
    case 'elemMatchObject':
      return builder.append('$elemMatch', parsedQuery(node.child)).finish();
    case 'elemMatchValue': {
      builder.openArray('$elemMatch');
      for (const child of node.children) builder.push(operand(child));
      return builder.close().finish();
    }
    case 'geo':
      return builder.openDocument(node.operator).close().finish();
    case 'near':
      return builder.openDocument('$near').close().finish();
    case 'not':
      return builder.append('$not', operand(node.child)).finish();
    default:
      return builder.openDocument(`$${node.kind}`).close().finish();
  }
}
