import { badValue } from '../errors.ts';
import { hasNode, nodesOf, type MatchNode } from './tree.ts';

/**
 * Checks where $near and $text stand in a filter: one of each at most, $near as a condition of the whole filter, $text not under
 * $nor, and not both. Throws BadValue.
 */
export function checkPlacement(filter: MatchNode): void {
  const nodes = [...nodesOf(filter)];
  const count = (kind: MatchNode['kind']) => nodes.filter((node) => node.kind === kind).length;
  const near = count('near');
  const text = count('text');
  if (near > 1) throw badValue('Too many geoNear expressions');
  if (text > 1) throw badValue('Too many text expressions');
  if (near === 1) {
    const top = filter.kind === 'and' ? filter.children : [filter];
    if (!top.some(({ kind }) => kind === 'near')) throw badValue('geoNear must be top-level expr');
    if (text === 1) throw badValue('text and geoNear not allowed in same query');
  }
  for (const node of nodes) {
    if (node.kind === 'nor' && hasNode(node, 'text')) throw badValue('text expression not allowed in nor');
  }
}
