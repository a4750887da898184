import { onGlobe, type SphereShape } from '../shape.ts';
import { vectorOf } from '../vector.ts';
import { lineRegion, pointRegion, polygonRegion, unionRegion, type BoundedRegion } from './region.ts';

/** A stored shape as S2 covers it, or the reason why mongod does not index it. */
export function shapeRegion(shape: SphereShape): BoundedRegion | string {
  switch (shape.kind) {
    case 'point':
      return onGlobe(shape.point)
        ? pointRegion(vectorOf(shape.point.x, shape.point.y))
        : `a point is out of bounds: ${shape.point.x}, ${shape.point.y}`;
    case 'line':
      return lineRegion(shape.vertices);
    case 'polygon':
      if (shape.strict) return 'a polygon with strict winding order cannot be indexed';
      return polygonRegion(shape.rings.map(({ vertices }) => vertices));
    case 'collection': {
      const regions: BoundedRegion[] = [];
      for (const part of shape.parts) {
        const region = shapeRegion(part);
        if (typeof region === 'string') return region;
        regions.push(region);
      }
      return unionRegion(regions);
    }
  }
}
