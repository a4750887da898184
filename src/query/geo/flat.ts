import type { Point, QueryOnlyShape } from './shape.ts';

/** Whether a shape of the plane contains a point; edges belong to the shape. */
export function flatContains(shape: Exclude<QueryOnlyShape, { kind: 'cap' }>, point: Point): boolean {
  switch (shape.kind) {
    case 'box':
      return (
        point.x >= shape.min.x && point.x <= shape.max.x && point.y >= shape.min.y && point.y <= shape.max.y
      );
    case 'circle':
      return flatDistance(shape.center, point) <= shape.radius;
    case 'flatPolygon':
      return inPolygon(shape.points, point);
  }
}

export function flatDistance(a: Point, b: Point): number {
  const dx = a.x - b.x;
  const dy = a.y - b.y;
  if (dx === 0) return Math.abs(dy);
  if (dy === 0) return Math.abs(dx);
  return Math.sqrt(dx * dx + dy * dy);
}

/** By counting the edges to the right of the point; vertices, horizontal and vertical edges belong to the polygon. */
function inPolygon(points: Point[], { x, y }: Point): boolean {
  let inside = false;
  for (const [index, from] of points.entries()) {
    const to = points[(index + 1) % points.length] ?? from;
    if (x === from.x && y === from.y) return true;
    const left = Math.min(from.x, to.x);
    const right = Math.max(from.x, to.x);
    if (from.y === to.y) {
      if (y === from.y && x >= left && x <= right) return true;
      continue;
    }
    if (y <= Math.min(from.y, to.y) || y > Math.max(from.y, to.y) || x > right) continue;
    if (from.x === to.x) {
      if (x === from.x) return true;
      inside = !inside;
    } else if (x <= ((y - from.y) * (to.x - from.x)) / (to.y - from.y) + from.x) inside = !inside;
  }
  return inside;
}
