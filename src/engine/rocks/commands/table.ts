import type { Handlers } from './command.ts';
import { aggregateCommands } from './aggregate.ts';
import { countCommands } from './count.ts';
import { dbHashCommands } from './db-hash.ts';
import { distinctCommands } from './distinct.ts';
import { explainCommands } from './explain.ts';
import { fileMd5Commands } from './file-md5.ts';
import { findCommands } from './find.ts';
import { geoNearCommands } from './geo-near.ts';
import { cursorCommands } from './get-more.ts';
import { groupCommands } from './group.ts';
import { listCollectionsCommands } from './list-collections.ts';
import { listDatabasesCommands } from './list-databases.ts';
import { listIndexesCommands } from './list-indexes.ts';
import { parallelScanCommands } from './parallel-collection-scan.ts';
import { planCacheCommands } from './plan-cache.ts';
import { parameterCommands } from './parameters.ts';
import { replicationCommands } from './replication.ts';
import { serverInfoCommands } from './server-info.ts';
import { sessionCommands } from './sessions.ts';
import { mapReduceCommands } from './map-reduce.ts';
import { statsCommands } from './stats.ts';
import { userCommands } from './users.ts';
import { validateCommands } from './validate.ts';

/** Every command that the engine answers, by name. */
export const handlers: Handlers = {
  ...aggregateCommands,
  ...countCommands,
  ...cursorCommands,
  ...dbHashCommands,
  ...distinctCommands,
  ...explainCommands,
  ...fileMd5Commands,
  ...findCommands,
  ...groupCommands,
  ...listCollectionsCommands,
  ...listDatabasesCommands,
  ...listIndexesCommands,
  ...geoNearCommands,
  ...parallelScanCommands,
  ...parameterCommands,
  ...planCacheCommands,
  ...replicationCommands,
  ...serverInfoCommands,
  ...sessionCommands,
  ...mapReduceCommands,
  ...statsCommands,
  ...userCommands,
  ...validateCommands,
};
