import { angle, angleToArc, type Vector } from '../vector.ts';
import type { Cell } from './cell.ts';

/** Radians from a point to a cell; 0 inside. */
export function distanceToCell(point: Vector, cell: Pick<Cell, 'contains' | 'corners'>): number {
  if (cell.contains(point)) return 0;
  const { corners } = cell;
  return Math.min(...corners.map((corner, at) => angleToArc(point, corner, corners[(at + 1) % 4] as Vector)));
}

/** Radians from a point to what is furthest from it in a cell: what is nearest to the point opposite. */
export function furthestInCell([x, y, z]: Vector, cell: Cell): number {
  return Math.PI - distanceToCell([-x, -y, -z], cell);
}

/** Whether an arc comes within `reach` radians of a cell's edge. */
export function arcNearCell(a: Vector, b: Vector, cell: Cell, reach: number): boolean {
  const { center, corners } = cell;
  const radius = Math.max(...corners.map((corner) => angle(center, corner)));
  if (angleToArc(center, a, b) > radius + reach) return false;
  return corners.some((corner, at) => {
    const next = corners[(at + 1) % 4] as Vector;
    const least = Math.min(
      angleToArc(corner, a, b),
      angleToArc(a, corner, next),
      angleToArc(b, corner, next),
    );
    return least <= reach;
  });
}
