import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { doubleValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import type { Batches, QueryHost } from '../context.ts';
import { CommandError, location } from '../errors.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import type { GeoNearResult } from '../geo/geo-near.ts';
import { coordinate } from '../geo/points.ts';
import { addMetadata } from '../metadata.ts';
import { inBatches } from './batches.ts';
import { setPath } from './set-path.ts';
import type { StageContext, StageParser } from './stage.ts';
import { hostOf } from './host.ts';

/** `{$geoNear: {near, distanceField, ...}}`: the nearest documents with their distances; only as the first stage. */
export const parseGeoNearStage: StageParser = (specification, context) => {
  if (specification.type !== BsonType.object && specification.type !== BsonType.array)
    throw location(10065, 'invalid parameter: expected an object ($geoNear)');
  const near = field(specification, 'near');
  if (near?.type !== BsonType.array && near?.type !== BsonType.object) {
    throw location(16605, "$geoNear requires a 'near' option as an Array");
  }
  const distanceField = field(specification, 'distanceField');
  if (distanceField?.type !== BsonType.string) {
    throw location(16606, "$geoNear requires a 'distanceField' option as a String");
  }
  const includeLocs = field(specification, 'includeLocs');
  if (includeLocs !== undefined && includeLocs.type !== BsonType.string) {
    throw location(16607, "$geoNear requires that 'includeLocs' option is a String");
  }
  if (field(specification, 'collation') !== undefined) {
    throw location(
      40227,
      "$geoNear does not accept the 'collation' parameter. Instead, specify a collation for the entire aggregation command.",
    );
  }
  const distancePath = splitFieldPath(stringOf(distanceField));
  const locationPath = includeLocs && splitFieldPath(stringOf(includeLocs));
  return [
    {
      name: '$geoNear',
      hints: { initial: true, mustBeFirst: true },
      run: () => run(specification, distancePath, locationPath, context),
    },
  ];
};

async function* run(
  specification: Value,
  distancePath: string[],
  locationPath: string[] | undefined,
  context: StageContext,
): Batches {
  const found = await results(hostOf(context), specification, context);
  yield* inBatches(
    found.map(({ document, distance, point }) => {
      const measured = setPath(document, distancePath, doubleValue(distance));
      const placed = locationPath ? setPath(measured, locationPath, point) : measured;
      return addMetadata(placed, { geoNearDistance: distance, geoNearPoint: point });
    }),
  );
}

/** The options of the command that the stage runs: those of a wrong type are left out, and distances that are not positive. */
function commandOptions(specification: Value): Value {
  const options = new DocumentBuilder();
  for (const { name, value } of elements(specification)) {
    const number = coordinate(value);
    const taken =
      name === 'maxDistance' || name === 'minDistance'
        ? number !== undefined && number > 0
        : name === 'num' || name === 'limit' || name === 'distanceMultiplier'
          ? number !== undefined
          : name === 'near' || name === 'spherical' || name === 'query';
    if (taken) options.append(name, value);
  }
  return options.finish();
}

/** The stage runs the geoNear command, so errors come wrapped. */
async function results(
  host: QueryHost,
  specification: Value,
  { db, collection, collator }: StageContext,
): Promise<GeoNearResult[]> {
  try {
    return await host.geoNear(db, collection, commandOptions(specification), collator);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const code = error.code === undefined ? '' : `, code: ${error.code}, codeName: "${error.codeName ?? ''}"`;
    throw location(16604, `geoNear command failed: { ok: 0.0, errmsg: "${error.message}"${code} }`);
  }
}
