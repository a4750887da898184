import type { Collator } from '../../bson/compare.ts';
import { valueEnd } from '../../bson/layout.ts';
import { BsonType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import { bitsTest } from './bits-test.ts';
import { compareTest } from './compare-test.ts';
import type { MatchContext } from './hooks.ts';
import { inTest } from './in-test.ts';
import { modTest } from './mod-test.ts';
import {
  countItems,
  PathWalker,
  skipName,
  type LeafArrays,
  type MatchDetails,
  type ValueTest,
} from './path-walker.ts';
import { regexTest } from './regex-test.ts';
import type { MatchNode, PathNode } from './tree.ts';

/** Says whether a document matches. */
export type Matcher = (document: Value) => boolean;

/**
 * Compiles a parsed filter to a function on the bytes of a document; simple predicates allocate nothing.
 */
export function compileMatcher(node: MatchNode, context: MatchContext): Matcher {
  const test = compileNode(node, context.collator);
  return (document) => test(document.bytes, document.start, document.end, undefined);
}

/**
 * The same for the positional projection: returns undefined for a document that does not match, else which array item made it match.
 */
export function compileDetailedMatcher(
  node: MatchNode,
  context: MatchContext,
): (document: Value) => MatchDetails | undefined {
  const test = compileNode(node, context.collator);
  return (document) => {
    const details: MatchDetails = { arrayIndex: undefined };
    return test(document.bytes, document.start, document.end, details) ? details : undefined;
  };
}

type DocumentTest = (bytes: Buffer, start: number, end: number, details: MatchDetails | undefined) => boolean;

function compileNode(node: MatchNode, collator: Collator | undefined): DocumentTest {
  switch (node.kind) {
    case 'alwaysTrue':
      return () => true;
    case 'alwaysFalse':
      return () => false;
    case 'and':
      return all(node.children.map((child) => compileNode(child, collator)));
    case 'or':
      return any(node.children.map((child) => compileNode(child, collator)));
    case 'nor': {
      const some = any(node.children.map((child) => compileNode(child, collator)));
      return (bytes, start, end, details) => !some(bytes, start, end, details);
    }
    case 'not': {
      const child = compileNode(node.child, collator);
      return (bytes, start, end) => !child(bytes, start, end, undefined);
    }
    case 'near':
      return () => true;
    case 'text': {
      const { text } = node;
      return (bytes, start, end) => text.matches(new Value(BsonType.object, bytes, start, end));
    }
    case 'where':
    case 'expr': {
      const { matches } = node;
      return (bytes, start, end) => matches(new Value(BsonType.object, bytes, start, end));
    }
    case 'elemMatchObject':
    case 'elemMatchValue':
    case 'size':
      return arrayNode(node.path, compileItems(node, collator));
    default:
      return pathNode(node, collator);
  }
}

function all(tests: DocumentTest[]): DocumentTest {
  const [first, second] = tests;
  if (first !== undefined && second !== undefined && tests.length === 2) {
    return (bytes, start, end, details) =>
      (first(bytes, start, end, details) && second(bytes, start, end, details)) || reset(details);
  }
  return (bytes, start, end, details) => {
    for (const test of tests) if (!test(bytes, start, end, details)) return reset(details);
    return true;
  };
}

function any(tests: DocumentTest[]): DocumentTest {
  // mongod 3.4 records no array item here: a positional projection under $or is an error.
  return (bytes, start, end) => {
    for (const test of tests) if (test(bytes, start, end, undefined)) return true;
    return false;
  };
}

function reset(details: MatchDetails | undefined): false {
  if (details !== undefined) details.arrayIndex = undefined;
  return false;
}

function pathNode(node: PathNode, collator: Collator | undefined): DocumentTest {
  const test = valueTest(node, collator);
  const walker = new PathWalker(node.path, leafArrays(node));
  return (bytes, start, end, details) => walker.some(bytes, start, end, test, details);
}

/** `$type: "array"` looks at arrays inside arrays, never at the outer one (in mongod 3.4). */
function leafArrays(node: PathNode): LeafArrays {
  return node.kind === 'type' && node.types.includes(BsonType.array) ? 'items' : 'itemsAndArray';
}

/** The test of one value that a node stands for. Nodes over documents have none. */
export function valueTest(node: MatchNode, collator: Collator | undefined): ValueTest {
  switch (node.kind) {
    case 'compare':
      return compareTest(node, collator);
    case 'in':
      return inTest(node, collator);
    case 'regex':
      return regexTest(node);
    case 'exists':
      return (type) => type !== 0;
    case 'type': {
      const { types } = node;
      return (type) => types.includes(type);
    }
    case 'mod':
      return modTest(node.divisor, node.remainder);
    case 'bits':
      return bitsTest(node.test, node.bits);
    case 'geo': {
      const { geo } = node;
      return (type, bytes, start, end) => type !== 0 && geo.matches(new Value(type, bytes, start, end));
    }
    case 'size':
    case 'elemMatchObject':
    case 'elemMatchValue': {
      const items = compileItems(node, collator);
      return (type, bytes, start, end) => type === BsonType.array && items(bytes, start, end, undefined);
    }
    case 'not': {
      const child = valueTest(node.child, collator);
      return (type, bytes, start, end) => !child(type, bytes, start, end);
    }
    case 'and': {
      const tests = node.children.map((child) => valueTest(child, collator));
      return (type, bytes, start, end) => tests.every((test) => test(type, bytes, start, end));
    }
    case 'alwaysFalse':
      return () => false;
    default:
      return () => true;
  }
}

type ArrayNode = Extract<PathNode, { kind: 'elemMatchObject' | 'elemMatchValue' | 'size' }>;

/** The test of an array as a whole; a match by one item leaves its index in the details. */
function compileItems(node: ArrayNode, collator: Collator | undefined): DocumentTest {
  if (node.kind === 'size') {
    const { size } = node;
    return (bytes, start, end) => countItems(bytes, start, end) === size;
  }
  if (node.kind === 'elemMatchObject') {
    const child = compileNode(node.child, collator);
    return someItem(
      (type, bytes, start, end) =>
        (type === BsonType.object || type === BsonType.array) && child(bytes, start, end, undefined),
    );
  }
  const tests = node.children.map((child) => valueTest(child, collator));
  return someItem((type, bytes, start, end) => tests.every((test) => test(type, bytes, start, end)));
}

function someItem(test: ValueTest): DocumentTest {
  return (bytes, start, end, details) => {
    const last = end - 1;
    for (let at = start + 4; at < last;) {
      const valueStart = skipName(bytes, at + 1, last);
      const type = bytes[at] as number;
      const after = valueEnd(bytes, type, valueStart, last);
      if (test(type, bytes, valueStart, after)) {
        if (details !== undefined) details.arrayIndex = bytes.toString('latin1', at + 1, valueStart - 1);
        return true;
      }
      at = after;
    }
    return false;
  };
}

/** An array at the end of a path; where arrays were entered on the way, the outermost item counts for the details. */
function arrayNode(path: string, items: DocumentTest): DocumentTest {
  const walker = new PathWalker(path, 'array');
  const plain: ValueTest = (type, bytes, start, end) =>
    type === BsonType.array && items(bytes, start, end, undefined);
  return (bytes, start, end, details) => {
    if (details === undefined) return walker.some(bytes, start, end, plain);
    const outer: MatchDetails = { arrayIndex: undefined };
    const inner: MatchDetails = { arrayIndex: undefined };
    const test: ValueTest = (type, data, from, to) => type === BsonType.array && items(data, from, to, inner);
    if (!walker.some(bytes, start, end, test, outer)) return false;
    details.arrayIndex = outer.arrayIndex ?? inner.arrayIndex ?? details.arrayIndex;
    return true;
  };
}
