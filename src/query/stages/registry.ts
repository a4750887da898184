import { location } from '../errors.ts';
import { parseBucketAuto } from './bucket-auto.ts';
import { parseBucket } from './bucket.ts';
import { parseCount } from './count.ts';
import { parseGeoNearStage } from './geo-near.ts';
import { parseGraphLookup } from './graph-lookup.ts';
import { parseGroup } from './group.ts';
import { parseLimit } from './limit.ts';
import { parseLookup } from './lookup.ts';
import { parseMatch } from './match.ts';
import { parseOut } from './out.ts';
import { parseAddFields, parseProject } from './project.ts';
import { parseRedact } from './redact.ts';
import { parseReplaceRoot } from './replace-root.ts';
import { parseSample } from './sample.ts';
import { parseSkip } from './skip.ts';
import { parseSortByCount } from './sort-by-count.ts';
import { parseSort } from './sort.ts';
import type { StageParser } from './stage.ts';
import { parseCollStats, parseIndexStats } from './stats.ts';
import { parseUnwind } from './unwind.ts';

/** The stages of MongoDB 3.4; $facet is in pipeline.ts because it compiles pipelines itself. */
const parsers: Record<string, StageParser> = {
  $addFields: parseAddFields,
  $bucket: parseBucket,
  $bucketAuto: parseBucketAuto,
  $collStats: parseCollStats,
  $count: parseCount,
  $geoNear: parseGeoNearStage,
  $graphLookup: parseGraphLookup,
  $group: parseGroup,
  $indexStats: parseIndexStats,
  $limit: parseLimit,
  $lookup: parseLookup,
  $match: parseMatch,
  $out: parseOut,
  $project: parseProject,
  $redact: parseRedact,
  $replaceRoot: parseReplaceRoot,
  $sample: parseSample,
  $skip: parseSkip,
  $sort: parseSort,
  $sortByCount: parseSortByCount,
  $unwind: parseUnwind,
};

/** The parser of a stage by its name with `$`. Throws 40324 if 3.4 has none of that name. */
export function parserOf(name: string): StageParser {
  const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  if (parser === undefined) throw location(40324, `Unrecognized pipeline stage name: '${name}'`);
  return parser;
}
